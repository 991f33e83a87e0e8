#pragma once
#include <stddef.h>
#include <stdint.h>

// Makes an HDF5 file in memory, whose bytes the caller writes where it wants them. Groups come to be with what is put into
// them; paths have no leading '/'. One output at a time: others wait until it is closed. After the first problem calls do
// nothing, and the last one says what it was.
typedef struct chdf5_output chdf5_output;

// NULL where there is no memory.
chdf5_output *chdf5_output_open(void);
// A text as an attribute of a group, "" for the root; UTF-8 of any length.
void chdf5_output_text(chdf5_output *output, const char *group, const char *name, const char *text);
// Texts as one attribute; no more than 4,000, which is what HDF5 puts into one.
void chdf5_output_texts(chdf5_output *output, const char *group, const char *name, const char *const *texts,
                        size_t count);
// float32 numbers as a dataset, last axis fastest.
void chdf5_output_floats(chdf5_output *output, const char *path, const float *numbers, const uint64_t *shape,
                         size_t rank);
// Ends the output. Returns the file's bytes, to be given to free(), or NULL with the problem in `message`.
uint8_t *chdf5_output_close(chdf5_output *output, size_t *count, char message[256]);
