/* What the test bench knows of a network; bench_network.c and vectors_*.c say it. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/* A tensor that the network makes; its codes are integers of `bytes` bytes. */
typedef struct {
    const char *name;
    int bytes, is_signed;
    long elements;
} bench_tensor;

static inline int64_t bench_code(const bench_tensor *tensor, const void *codes, long index)
{
    switch (tensor->bytes) {
    case 1:
        return tensor->is_signed ? ((const int8_t *)codes)[index] : ((const uint8_t *)codes)[index];
    case 2:
        return tensor->is_signed ? ((const int16_t *)codes)[index] : ((const uint16_t *)codes)[index];
    case 4:
        return tensor->is_signed ? ((const int32_t *)codes)[index] : (int64_t)((const uint32_t *)codes)[index];
    default:
        return ((const int64_t *)codes)[index];
    }
}

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

/* Runs the network; `made`, where it is not null, is called with every tensor right after it was made. Returns 0, or what the
 * accelerator's driver says went wrong. */
int bench_run(const void *const inputs[], void *const outputs[], void (*made)(int tensor, const void *codes));

#endif
