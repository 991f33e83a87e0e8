/* What the test bench knows of a network; bench_network.c and vectors_*.c say it. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/* A tensor that the network makes; its codes are signed integers of `bytes` bytes. */
typedef struct {
    const char *name;
    int bytes;
    long elements;
} bench_tensor;

/* Codes of every input and output, and a checksum of every other tensor (no checksums where null). */
typedef struct {
    const void *const *inputs;
    const void *const *outputs;
    const uint64_t *checksums;
} bench_sample;

extern const int bench_input_count;
extern const bench_tensor bench_inputs[];
extern const int bench_output_count;
extern const bench_tensor bench_outputs[];
/* In the order in which the network makes them. */
extern const int bench_tensor_count;
extern const bench_tensor bench_tensors[];
extern const int bench_sample_count;
extern const bench_sample *const bench_samples[];

/* Room for one sample; `bench_input_codes` are the input buffers again, to read from. */
extern void *const bench_input_buffers[];
extern const void *const bench_input_codes[];
extern void *const bench_output_buffers[];

/* The model's numbers of the codes in the output buffers: `bench_dequantize` computes them. */
extern const double *const bench_values[];
extern const long bench_value_counts[];
void bench_dequantize(void);

/* Runs the network; `made`, where it is not null, is called with every tensor right after it was made. */
void bench_run(const void *const inputs[], void *const outputs[], void (*made)(int tensor, const void *codes));

#endif
