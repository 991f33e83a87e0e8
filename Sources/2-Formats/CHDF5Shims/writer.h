#pragma once
#include "CHDF5Shims.h"
#include "arena.h"

// Puts records into the arena. All of this runs in the child alone, where the first problem ends the process.
typedef struct {
  const chdf5_request *request;
  chdf5_arena *arena;
  uint64_t objects;  // groups, datasets and attributes so far
} chdf5_writer;

// Room for `count` bytes; the caller fills it before the next call. Ends the child where the limit is passed.
void *chdf5_reserve(chdf5_writer *writer, uint64_t count, const char *object);
void chdf5_put(chdf5_writer *writer, const void *bytes, uint64_t count, const char *object);
void chdf5_put_u8(chdf5_writer *writer, uint8_t value, const char *object);
void chdf5_put_u64(chdf5_writer *writer, uint64_t value, const char *object);
void chdf5_put_string(chdf5_writer *writer, const char *bytes, uint64_t count, const char *object);
// Notes a thing that is not read for safety's sake; reading goes on, so that all of them are found.
void chdf5_refuse(chdf5_writer *writer, const char *object, const char *what);
// One more object. Ends the child where there are too many.
void chdf5_count(chdf5_writer *writer, const char *object);
// Ends the child with what was found and no snapshot.
_Noreturn void chdf5_stop(chdf5_writer *writer, chdf5_status status, const char *object, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
// Ends the child with the innermost error of the library.
_Noreturn void chdf5_stop_damaged(chdf5_writer *writer, const char *object);
