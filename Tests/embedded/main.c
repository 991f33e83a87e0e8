/* Runs the test vectors, then inputs that are drawn, and prints a hash of all tensors' codes and how many instructions a run takes.
 *
 * The same file is built for the host, which counts none: hashes have to be the same. */
#include <stdio.h>

#include "bench.h"
#include "net.h"

enum { SAMPLES = 100 };

static uint64_t hash = 14695981039346656037u;

static void add(int tensor, const void *codes)
{
    for (long i = 0; i < bench_tensors[tensor].elements; ++i) {
        hash = (hash ^ (uint64_t)bench_code(&bench_tensors[tensor], codes, i)) * 1099511628211u;
    }
}

static uint64_t state = 1;

/* 32 bits of a linear congruential generator of 64. */
static uint32_t drawn(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

/* Of networks with one input. */
static void draw(int input)
{
    const int bytes = bench_inputs[input].bytes;
    for (long i = 0; i < bench_inputs[input].elements; ++i) {
        const int64_t width = (int64_t)NET_INPUT_HIGHEST - NET_INPUT_LOWEST + 1;
        const int64_t code = NET_INPUT_LOWEST + (int64_t)(drawn() % (uint64_t)width);
        switch (bytes) {
        case 1:
            ((int8_t *)bench_input_buffers[input])[i] = (int8_t)code;
            break;
        case 2:
            ((int16_t *)bench_input_buffers[input])[i] = (int16_t)code;
            break;
        case 4:
            ((int32_t *)bench_input_buffers[input])[i] = (int32_t)code;
            break;
        default:
            ((int64_t *)bench_input_buffers[input])[i] = code;
        }
    }
}

/* Nanoseconds of the simulated clock, one for each instruction: `qemu -icount shift=0`. */
#if defined(__ARM_ARCH)
#define SYSTICK ((volatile uint32_t *)0xe000e010)

static uint64_t begin(void)
{
    SYSTICK[1] = 0xffffff;
    SYSTICK[2] = 0;
    /* The processor's clock, of 25 MHz. */
    SYSTICK[0] = 5;
    return 0;
}

static uint64_t end(uint64_t start)
{
    return start + (uint64_t)(0xffffff - SYSTICK[2]) * 40u;
}
#elif defined(__riscv)
static uint64_t now(void)
{
    uint32_t high, low, again;
    do {
        __asm__ volatile("rdinstreth %0\n rdinstret %1\n rdinstreth %2" : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

static uint64_t begin(void)
{
    return now();
}

static uint64_t end(uint64_t start)
{
    return now() - start;
}
#else
static uint64_t begin(void)
{
    return 0;
}

static uint64_t end(uint64_t start)
{
    return start;
}
#endif

static long differences;

static void compare(const bench_sample *sample)
{
    for (int o = 0; o < bench_output_count; ++o) {
        for (long i = 0; i < bench_outputs[o].elements; ++i) {
            differences += bench_code(&bench_outputs[o], sample->outputs[o], i) != bench_code(&bench_outputs[o], bench_output_buffers[o], i);
        }
    }
}

int main(void)
{
    uint64_t instructions, start;
    for (int s = 0; s < bench_sample_count; ++s) {
        bench_run(bench_samples[s]->inputs, bench_output_buffers, NULL);
        compare(bench_samples[s]);
    }
    start = begin();
    bench_run(bench_samples[0]->inputs, bench_output_buffers, NULL);
    instructions = end(start);
    for (int s = 0; s < SAMPLES; ++s) {
        for (int i = 0; i < bench_input_count; ++i) {
            draw(i);
        }
        bench_run(bench_input_codes, bench_output_buffers, add);
    }
    printf("{\"vectors\": %d, \"differences\": %ld, \"hash\": \"%08lx%08lx\", \"instructions\": %lu}\n", bench_sample_count,
        differences, (unsigned long)(hash >> 32), (unsigned long)(hash & 0xffffffffu), (unsigned long)instructions);
    return differences != 0;
}
