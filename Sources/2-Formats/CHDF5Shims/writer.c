#include "writer.h"

#include "api.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// More than any network's file has; a damaged or a malicious one can name the same objects without end.
#define OBJECT_LIMIT 50000

_Noreturn static void stop(chdf5_writer *writer, chdf5_status status, const char *object) {
  snprintf(writer->arena->object, CHDF5_TEXT, "%s", object);
  writer->arena->status = status;
  atomic_store(&writer->arena->finished, 1);
  _exit(0);
}

void chdf5_stop(chdf5_writer *writer, chdf5_status status, const char *object, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(writer->arena->message, CHDF5_TEXT, format, arguments);
  va_end(arguments);
  stop(writer, status, object);
}

static herr_t innermost(unsigned n, const H5E_error2_t *error, void *text) {
  if (n == 0 && error->desc) snprintf(text, CHDF5_TEXT, "HDF5: %s", error->desc);
  return 0;
}

void chdf5_stop_damaged(chdf5_writer *writer, const char *object) {
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, writer->arena->message);
  stop(writer, CHDF5_DAMAGED, object);
}

void *chdf5_reserve(chdf5_writer *writer, uint64_t count, const char *object) {
  uint64_t used = atomic_load_explicit(&writer->arena->used, memory_order_relaxed);
  if (count > writer->arena->capacity - used) {
    chdf5_stop(writer, CHDF5_TOO_LARGE, object, "more than %llu MiB of data",
               (unsigned long long)(writer->arena->capacity >> 20));
  }
  atomic_store_explicit(&writer->arena->used, used + count, memory_order_relaxed);
  return writer->arena->bytes + used;
}

void chdf5_put(chdf5_writer *writer, const void *bytes, uint64_t count, const char *object) {
  if (count) memcpy(chdf5_reserve(writer, count, object), bytes, count);
}

void chdf5_put_u8(chdf5_writer *writer, uint8_t value, const char *object) {
  chdf5_put(writer, &value, sizeof value, object);
}

void chdf5_put_u64(chdf5_writer *writer, uint64_t value, const char *object) {
  chdf5_put(writer, &value, sizeof value, object);
}

void chdf5_put_string(chdf5_writer *writer, const char *bytes, uint64_t count, const char *object) {
  chdf5_put_u64(writer, count, object);
  chdf5_put(writer, bytes, count, object);
}

void chdf5_refuse(chdf5_writer *writer, const char *object, const char *what) {
  chdf5_put_u8(writer, CHDF5_REFUSED, object);
  chdf5_put_string(writer, object, strlen(object), object);
  chdf5_put_string(writer, what, strlen(what), object);
}

void chdf5_count(chdf5_writer *writer, const char *object) {
  atomic_fetch_add_explicit(&writer->arena->progress, 1, memory_order_relaxed);
  if (++writer->objects > OBJECT_LIMIT) {
    chdf5_stop(writer, CHDF5_TOO_LARGE, object, "more than %d groups, datasets and attributes", OBJECT_LIMIT);
  }
}
