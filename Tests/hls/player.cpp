/* Runs a network's tiles on the kernels for synthesis, in types of the network's widths, and prints what they store: a line of
 * words for each tile of the standard input. A tile is the engine, the numbers of its st_kernel_tile, its channels, and the words
 * of inputs, weights and outputs, each with their count before them. */
#include <cinttypes>
#include <cstdio>

#include "run_top.h"

static bool read(int &number) { return std::scanf("%d", &number) == 1; }

static int64_t number()
{
    int64_t value = 0;
    return std::scanf("%" SCNd64, &value) == 1 ? value : 0;
}

static std::vector<uint64_t> words()
{
    std::vector<uint64_t> result((size_t)number());
    for (uint64_t &word : result) {
        word = (uint64_t)number();
    }
    return result;
}

int main()
{
    int engine;
    while (read(engine)) {
        st_kernel_tile tile;
        int *const fields[] = {
            &tile.input_beats, &tile.weight_beats, &tile.input_bits, &tile.weight_bits, &tile.output_bits, &tile.lanes, &tile.rows,
            &tile.columns, &tile.pixels, &tile.kernel_rows, &tile.kernel_columns, &tile.stride_rows, &tile.stride_columns,
            &tile.dilation_rows, &tile.dilation_columns, &tile.top, &tile.left, &tile.height, &tile.width, &tile.channels,
            &tile.outputs, &tile.padding, &tile.shift, &tile.starts, &tile.finishes, &tile.raw};
        for (int *field : fields) {
            *field = (int)number();
        }
        tile.lowest = number();
        tile.highest = number();
        std::vector<st_kernel_channel> channels((size_t)tile.outputs);
        for (st_kernel_channel &channel : channels) {
            channel.initial = number();
            channel.multiplier = number();
            channel.addend_high = number();
            channel.addend_low = (uint64_t)number();
            channel.shift = (uint64_t)number();
            channel.even = (uint64_t)number();
            channel.offset = number();
        }
        const std::vector<uint64_t> inputs = words(), weights = words();
        for (uint64_t word : run_top(engine, tile, channels, inputs, weights, (size_t)number())) {
            std::printf("%" PRIu64 " ", word);
        }
        std::printf("\n");
    }
    return 0;
}
