/* Test bench.
 *
 *   testbench                               runs the vectors that were compiled in, compares every output code by code
 *                                           and the other tensors by checksum
 *   testbench --input FILE --output FILE    runs the samples of a file and writes every tensor's codes and the outputs' numbers
 *
 * The input file is a row of samples: the codes of all inputs, one after another. The output file has, for each sample,
 * the codes of every tensor in the order in which the network makes them, then the numbers of every output as doubles. All
 * codes are integers of their tensor's type in the machine's byte order, feature maps row by row with channels
 * innermost, without headers or gaps.
 *
 * Exit code 0: all equal, or all written; 1: a difference; 2: wrong usage, or a file that cannot be read or written. */
#include <stdio.h>
#include <string.h>

#include "bench.h"

enum { BENCH_SHOWN_DIFFERENCES = 5 };

/* FNV-1a with a code in place of a byte. */
static uint64_t checksum(const bench_tensor *tensor, const void *codes)
{
    uint64_t hash = 14695981039346656037u;
    for (long i = 0; i < tensor->elements; ++i) {
        hash = (hash ^ (uint64_t)bench_code(tensor, codes, i)) * 1099511628211u;
    }
    return hash;
}

static int sample_number;
static const uint64_t *expected_checksums;
static long differences;

static void compare_checksum(int tensor, const void *codes)
{
    if (checksum(&bench_tensors[tensor], codes) != expected_checksums[tensor]) {
        printf("sample %d, tensor '%s': checksum differs\n", sample_number, bench_tensors[tensor].name);
        ++differences;
    }
}

static void compare_output(const bench_tensor *tensor, const void *expected, const void *got)
{
    int shown = 0;
    for (long i = 0; i < tensor->elements; ++i) {
        const int64_t wanted = bench_code(tensor, expected, i);
        const int64_t found = bench_code(tensor, got, i);
        if (wanted == found) {
            continue;
        }
        ++differences;
        if (shown++ < BENCH_SHOWN_DIFFERENCES) {
            printf("sample %d, tensor '%s', index %ld: expected %lld, got %lld\n", sample_number, tensor->name, i,
                (long long)wanted, (long long)found);
        }
    }
}

static int run(const void *const inputs[], void (*made)(int tensor, const void *codes))
{
    const int status = bench_run(inputs, bench_output_buffers, made);
    if (status != 0) {
        printf("the run failed with status %d (st_status.h)\n", status);
    }
    return status == 0;
}

static int run_vectors(void)
{
    long compared = 0;
    for (int s = 0; s < bench_sample_count; ++s) {
        const bench_sample *const sample = bench_samples[s];
        sample_number = s;
        expected_checksums = sample->checksums;
        if (!run(sample->inputs, expected_checksums ? compare_checksum : NULL)) {
            return 1;
        }
        for (int o = 0; o < bench_output_count; ++o) {
            compare_output(&bench_outputs[o], sample->outputs[o], bench_output_buffers[o]);
            compared += bench_outputs[o].elements;
        }
    }
    if (differences > 0) {
        printf("FAIL: %ld differences in %d samples\n", differences, bench_sample_count);
        return 1;
    }
    printf("PASS: %d samples, %ld output codes equal\n", bench_sample_count, compared);
    return 0;
}

static FILE *output_file;
static int write_failed;

static void write_codes(int tensor, const void *codes)
{
    const size_t count = (size_t)bench_tensors[tensor].elements;
    if (fwrite(codes, (size_t)bench_tensors[tensor].bytes, count, output_file) != count) {
        write_failed = 1;
    }
}

static void write_values(void)
{
    bench_dequantize();
    for (int o = 0; o < bench_output_count; ++o) {
        const size_t count = (size_t)bench_value_counts[o];
        if (fwrite(bench_values[o], sizeof(double), count, output_file) != count) {
            write_failed = 1;
        }
    }
}

/* 1 where a whole sample was read, 0 at the end of the file, -1 within a sample. */
static int read_sample(FILE *file)
{
    for (int i = 0; i < bench_input_count; ++i) {
        const size_t count = (size_t)bench_inputs[i].elements;
        const size_t bytes = count * (size_t)bench_inputs[i].bytes;
        const size_t got = fread(bench_input_buffers[i], 1, bytes, file);
        if (got != bytes) {
            return i == 0 && got == 0 && feof(file) ? 0 : -1;
        }
    }
    return 1;
}

static int run_file(const char *input_path, const char *output_path)
{
    FILE *const input_file = fopen(input_path, "rb");
    int state;
    if (!input_file) {
        fprintf(stderr, "cannot read %s\n", input_path);
        return 2;
    }
    output_file = fopen(output_path, "wb");
    if (!output_file) {
        fprintf(stderr, "cannot write %s\n", output_path);
        fclose(input_file);
        return 2;
    }
    while ((state = read_sample(input_file)) == 1 && !write_failed) {
        if (!run(bench_input_codes, write_codes)) {
            write_failed = 1;
            break;
        }
        write_values();
    }
    fclose(input_file);
    if (fclose(output_file) != 0 || write_failed) {
        fprintf(stderr, "cannot write %s\n", output_path);
        return 2;
    }
    if (state < 0) {
        fprintf(stderr, "%s ends within a sample\n", input_path);
        return 2;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *input_path = NULL;
    const char *output_path = NULL;
    for (int i = 1; i < argc; ++i) {
        if (i + 1 < argc && strcmp(argv[i], "--input") == 0) {
            input_path = argv[++i];
        } else if (i + 1 < argc && strcmp(argv[i], "--output") == 0) {
            output_path = argv[++i];
        } else {
            fprintf(stderr, "usage: %s [--input FILE --output FILE]\n", argv[0]);
            return 2;
        }
    }
    if ((input_path == NULL) != (output_path == NULL)) {
        fprintf(stderr, "--input and --output go together\n");
        return 2;
    }
    return input_path ? run_file(input_path, output_path) : run_vectors();
}
