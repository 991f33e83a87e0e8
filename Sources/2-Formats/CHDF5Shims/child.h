// What the reading child does, one step after another.
#pragma once
#include "api.h"
#include "writer.h"

// The bytes of the requested file, where they lie: the file is mapped, not read. NULL where that fails.
const void *chdf5_map_image(const chdf5_request *request);
// Takes from this process all but memory and its end: it opens nothing, talks to nobody and starts nothing from here on,
// whatever code runs in it. Nonzero where the system cannot do that.
int chdf5_raise_walls(void);
// Opens the library's file on those bytes, without a file of the system. Negative where the library refuses it.
hid_t chdf5_open_image(const void *bytes, uint64_t size);
// Writes the snapshot of the requested file into the arena, with status and message. Only for the child process: the
// library is left as it is when this returns.
// `image` are the file's bytes.
void chdf5_walk(const chdf5_request *request, const void *image, chdf5_arena *arena);
// Puts what an HDF5 file holds, as a group of that name.
void chdf5_walk_file(chdf5_writer *writer, const void *image, uint64_t size, const char *name);
// Puts the requested members of a zip archive: texts as attributes of the root, the HDF5 file as a group in it.
void chdf5_walk_archive(chdf5_writer *writer, const void *image);
// Puts the value of an open attribute. `object` names it in messages.
void chdf5_put_attribute_value(chdf5_writer *writer, hid_t attribute, const char *object);
// Puts the value of an open dataset: its type and shape alone with `structure_only`.
void chdf5_put_dataset_value(chdf5_writer *writer, hid_t dataset, const char *object);
