/* Runs of the first test vector per second of processor time. */
#include <stdio.h>
#include <time.h>

#include "bench.h"

int main(void)
{
    const clock_t start = clock();
    long runs = 0;
    double seconds;
    do {
        bench_run(bench_samples[0]->inputs, bench_output_buffers, NULL);
        ++runs;
        seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    } while (seconds < 1.0);
    printf("%.1f\n", (double)runs / seconds);
    return 0;
}
