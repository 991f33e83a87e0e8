#pragma once
#include <stddef.h>
#include <stdint.h>

#include "CHDF5Output.h"

// Reads an HDF5 file in a child process and hands back a snapshot: a flat description of its groups, datasets and
// attributes. libhdf5 may crash, spin or ask for all memory on a damaged file; here only the child does, under limits
// on memory and time, and the caller gets a status in place of a crash. The child has the file's bytes in memory and
// nothing else: before it looks at them it gives up every system call but those for memory and its own end. A file in a zip
// archive is unpacked there, too.
//
// A snapshot is a sequence of records. Numbers have the machine's byte order and no alignment; `string` is a uint64_t
// length and that many bytes; `value` is described at `chdf5_storage`.
//   CHDF5_GROUP      string name, its attributes, its children, CHDF5_END
//   CHDF5_DATASET    string name, value, its attributes, CHDF5_END
//   CHDF5_ATTRIBUTE  string name, value
//   CHDF5_REFUSED    string path of the object, string what is refused
// It begins with the CHDF5_GROUP of the root, named "". Children are sorted by name.
typedef enum {
  CHDF5_END = 0,
  CHDF5_GROUP = 1,
  CHDF5_DATASET = 2,
  CHDF5_ATTRIBUTE = 3,
  CHDF5_REFUSED = 4,
} chdf5_record;

// The type as the file has it.
typedef enum {
  CHDF5_INTEGER = 0,
  CHDF5_UNSIGNED = 1,
  CHDF5_FLOAT = 2,
  CHDF5_STRING = 3,
  CHDF5_ENUM = 4,
  CHDF5_OTHER = 5,
} chdf5_class;

// How the elements stand in the snapshot. A value is: uint8_t chdf5_class, uint32_t bytes of an element in the file,
// uint8_t rank, rank uint64_t dimensions, uint8_t chdf5_storage, uint64_t elements, and then the elements.
typedef enum {
  CHDF5_AS_NOTHING = 0,     // only the structure was asked for, or there are no elements
  CHDF5_AS_FLOAT = 1,
  CHDF5_AS_DOUBLE = 2,
  CHDF5_AS_INT64 = 3,
  CHDF5_AS_UINT64 = 4,
  CHDF5_AS_STRINGS = 5,     // each a string
  CHDF5_AS_UNREADABLE = 6,  // one string in place of the elements: why
} chdf5_storage;

typedef enum {
  CHDF5_READ = 0,       // the snapshot is whole
  CHDF5_DAMAGED = 1,    // the library reported an error: `object`, `message`
  CHDF5_TOO_LARGE = 2,  // a limit was passed: `object`, `message`
  CHDF5_CRASHED = 3,    // the child died by signal `code`
  CHDF5_TIMED_OUT = 4,  // the child made no progress, or took too long
  CHDF5_NO_PROCESS = 5, // no memory or no process to read with: errno in `code`
  CHDF5_NO_WALLS = 6,   // the system does not let the child give up its system calls
} chdf5_status;

typedef struct {
  // A descriptor of the file, open for reading, and how many bytes it has.
  int file;
  uint64_t file_size;
  // NULL: the file itself is an HDF5 file. Otherwise it is a zip archive, in which a member of this name is one: the snapshot's
  // root then has the archive's texts as its attributes, and the HDF5 file's root as a group of the member's name.
  const char *member;
  // The names of members that are texts. What is not there is left out.
  const char *const *texts;
  size_t text_count;
  // Paths without a leading '/', in the order of strcmp: only these, what is in them and what leads to them is read.
  // None: everything.
  const char *const *only;
  size_t only_count;
  // The attributes to read, also with digits behind their names (Keras' chunks), in any order. NULL: all.
  const char *const *attributes;
  size_t attribute_count;
  // Nonzero: shapes and types, but no elements of datasets.
  int structure_only;
  // The largest snapshot, in bytes.
  uint64_t snapshot_limit;
  // The largest attribute, in bytes.
  uint64_t attribute_limit;
  // Memory that the library may take beside the snapshot, in bytes.
  uint64_t memory_limit;
  uint32_t seconds_without_progress;
  uint32_t cpu_seconds;
} chdf5_request;

typedef struct {
  chdf5_status status;
  int32_t code;
  const uint8_t *bytes;
  uint64_t count;
  const char *object;   // path of the object at fault, "" for the file
  const char *message;
  void *mapping;        // for chdf5_release
  uint64_t mapping_size;
} chdf5_snapshot;

chdf5_snapshot chdf5_read(const chdf5_request *request);
// Every snapshot is released, whatever its status; its pointers end with it.
void chdf5_release(chdf5_snapshot *snapshot);
