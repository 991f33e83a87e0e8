/* Runs tiles on the kernels for synthesis and on the runtime's engines, with random operands, and compares all codes. Each line
 * of the standard input is a tile (`line`); for each, one is printed: the turns of the kernel's four loops, accesses of a memory
 * beyond its ports, and codes that differ. */
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

extern "C" {
#include "st_arithmetic.h"
#include "st_engine.h"
}
#include "run_top.h"
#include "st_count.h"

namespace st {
long loops[loop_count] = {};
long turns = 0;
long conflicts = 0;
}

/* One axis of the window as st_axis has it, and the map's extent. */
struct axis {
    int map, first, step, count;
    int before() const
    {
        int i = 0;
        while (i < count && first + i * step < 0) {
            ++i;
        }
        return i;
    }
    int inside() const
    {
        int i = before();
        while (i < count && first + i * step < map) {
            ++i;
        }
        return i - before();
    }
};

struct line {
    int engine, mode, input_bits, weight_bits, output_bits;
    int rows, columns, pixels, is_run;
    int kernel_rows, kernel_columns, stride_rows, stride_columns, dilation_rows, dilation_columns;
    axis map_rows, map_columns;
    int channels, outputs, shift, raw;
};

static std::mt19937_64 random_bits;

static int64_t code(int bits)
{
    /* Extremes now and then. */
    const int64_t least = -(int64_t)(UINT64_C(1) << (bits - 1));
    const uint64_t any = random_bits();
    return any % 16 == 0 ? least : any % 16 == 1 ? -(least + 1) : least + (int64_t)(any >> 8) % (-2 * least + (bits > 40));
}

/* Fields one after another, the lowest bits first. */
static std::vector<uint64_t> packed(const std::vector<int64_t> &codes, int bits)
{
    std::vector<uint64_t> words((codes.size() * (size_t)bits + 63) / 64 + 1);
    for (size_t i = 0; i < codes.size(); ++i) {
        const uint64_t field = bits == 64 ? (uint64_t)codes[i] : (uint64_t)codes[i] & ((UINT64_C(1) << bits) - 1);
        words[i * (size_t)bits / 64] |= field << (i * (size_t)bits % 64);
    }
    words.pop_back();
    return words;
}

struct counts {
    long input, weights, compute, store, conflicts, differences;
};

/* What the runtime's engine has accumulated, pixel by pixel. */
static st_accumulator accumulated(const line &tile, int pixel, int output)
{
    switch (tile.engine) {
    case CONV2D: return st_conv2d_output[pixel / tile.columns][pixel % tile.columns][output];
    case DWCONV: return st_dwconv_output[pixel / tile.columns][pixel % tile.columns][output];
    default: return st_fc_output[output];
    }
}

static counts run(const line &tile)
{
    const st_mode mode = (st_mode)tile.mode;
    const int lanes = st_lanes(mode);
    const int taps = tile.kernel_rows * tile.kernel_columns;
    const int map_rows = tile.is_run ? 1 : tile.map_rows.map, map_columns = tile.is_run ? tile.pixels : tile.map_columns.map;
    counts found = {};

    std::vector<int16_t> map((size_t)(map_rows * map_columns * tile.channels));
    for (int16_t &operand : map) {
        operand = (int16_t)code(tile.input_bits);
    }
    const int64_t padding = code(tile.input_bits);
    const st_window window = {
        map_rows, map_columns, tile.channels,
        {tile.map_rows.first, tile.map_rows.step, tile.map_rows.count, tile.stride_rows, tile.dilation_rows},
        {tile.map_columns.first, tile.map_columns.step, tile.map_columns.count, tile.stride_columns, tile.dilation_columns},
        0, tile.channels, 0, padding};
    const st_run pixels = {map_columns, tile.channels, map_columns, 1, 1, 0, tile.pixels, tile.columns, 0, tile.channels, 0};
    const st_pass pass = {
        tile.rows, tile.columns, tile.kernel_rows, tile.kernel_columns, tile.stride_rows, tile.stride_columns,
        tile.dilation_rows, tile.dilation_columns, tile.channels, mode, 1, tile.shift};

    std::vector<int64_t> inputs;
    st_kernel_tile kernel_tile = {};
    if (tile.is_run) {
        inputs.assign(map.begin(), map.end());
        kernel_tile.height = tile.rows;
        kernel_tile.width = tile.columns;
    } else {
        for (int r = tile.map_rows.before(); r < tile.map_rows.before() + tile.map_rows.inside(); ++r) {
            for (int c = tile.map_columns.before(); c < tile.map_columns.before() + tile.map_columns.inside(); ++c) {
                const int row = tile.map_rows.first + r * tile.map_rows.step;
                const int column = tile.map_columns.first + c * tile.map_columns.step;
                const int16_t *const pixel = map.data() + (row * map_columns + column) * tile.channels;
                inputs.insert(inputs.end(), pixel, pixel + tile.channels);
            }
        }
        kernel_tile.top = tile.map_rows.before();
        kernel_tile.left = tile.map_columns.before();
        kernel_tile.height = tile.map_rows.inside();
        kernel_tile.width = tile.map_columns.inside();
    }
    const std::vector<uint64_t> input_words = packed(inputs, tile.input_bits);
    kernel_tile.input_bits = tile.input_bits;
    kernel_tile.weight_bits = tile.weight_bits;
    kernel_tile.output_bits = tile.output_bits;
    kernel_tile.lanes = lanes;
    kernel_tile.rows = tile.rows;
    kernel_tile.columns = tile.columns;
    kernel_tile.pixels = tile.pixels;
    kernel_tile.kernel_rows = tile.kernel_rows;
    kernel_tile.kernel_columns = tile.kernel_columns;
    kernel_tile.stride_rows = tile.stride_rows;
    kernel_tile.stride_columns = tile.stride_columns;
    kernel_tile.dilation_rows = tile.dilation_rows;
    kernel_tile.dilation_columns = tile.dilation_columns;
    kernel_tile.channels = tile.channels;
    kernel_tile.outputs = tile.outputs;
    kernel_tile.padding = (int)padding;
    kernel_tile.shift = tile.shift;
    kernel_tile.raw = tile.raw;
    kernel_tile.lowest = -(int64_t)(UINT64_C(1) << (tile.output_bits - 1));
    kernel_tile.highest = -(kernel_tile.lowest + 1);

    /* Requantizers whose codes fill the output's range, and some with ties. */
    int sum_bits = tile.input_bits + tile.weight_bits + tile.shift;
    for (int terms = 1; terms < 2 * taps * tile.channels; terms *= 2) {
        ++sum_bits;
    }
    sum_bits = sum_bits < 63 ? sum_bits : 63;
    std::vector<st_kernel_channel> channels((size_t)tile.outputs);
    std::vector<st_accumulator> initial;
    for (st_kernel_channel &channel : channels) {
        const bool has_ties = random_bits() % 3 == 0;
        const int factor_bits = has_ties ? 3 : 24;
        const int shift = sum_bits + factor_bits - 5 - tile.output_bits + (int)(random_bits() % 5);
        channel.initial = code(sum_bits < 20 ? sum_bits : 20);
        channel.multiplier = code(factor_bits);
        channel.shift = (uint64_t)(shift < 0 ? 0 : shift);
        channel.even = random_bits() % 2;
        channel.offset = code(tile.output_bits < 9 ? tile.output_bits - 1 : 9);
        const int64_t low = has_ties ? 4 * code(4) : code(sum_bits + factor_bits > 40 ? 40 : sum_bits + factor_bits);
        channel.addend_low = (uint64_t)low;
        channel.addend_high = low < 0 ? -1 : 0;
        initial.push_back((st_accumulator)channel.initial);
    }

    /* Two passes: the second one goes on with the accumulators and with the input that is there. */
    const size_t weights_count =
        (size_t)((tile.engine == DWCONV ? taps : taps * tile.channels) * tile.outputs);
    size_t output_words = 0;
    std::vector<uint64_t> made;
    for (int part = 0; part < 2; ++part) {
        std::vector<int64_t> weights(weights_count);
        for (int64_t &weight : weights) {
            weight = code(tile.weight_bits);
        }
        const std::vector<uint64_t> words = packed(weights, tile.weight_bits);
        std::vector<uint16_t> halves;
        for (uint64_t word : words) {
            for (int i = 0; i < 4; ++i) {
                halves.push_back((uint16_t)(word >> (16 * i)));
            }
        }
        switch (tile.engine) {
        case CONV2D:
            if (part == 0) {
                st_conv2d_begin(tile.rows, tile.columns, initial.data(), tile.outputs);
                if (tile.is_run) {
                    st_conv2d_load_run16(map.data(), &pixels, mode);
                } else {
                    st_conv2d_load16(map.data(), &window, mode);
                }
            }
            st_conv2d_weights(
                halves.data(), tile.kernel_rows, tile.kernel_columns, tile.channels, tile.outputs, tile.weight_bits, mode);
            st_conv2d_run(&pass);
            break;
        case DWCONV:
            if (part == 0) {
                st_dwconv_begin(tile.rows, tile.columns, initial.data(), 1, tile.outputs);
                st_dwconv_load16(map.data(), &window);
            }
            st_dwconv_weights(halves.data(), taps, tile.outputs, tile.weight_bits, mode);
            st_dwconv_run(&pass);
            break;
        default:
            if (part == 0) {
                st_fc_begin(initial.data(), tile.outputs);
                st_fc_load16(map.data(), tile.channels, 0, mode);
            }
            st_fc_weights(halves.data(), tile.channels, tile.outputs, tile.weight_bits, mode);
            st_fc_run((tile.channels + lanes - 1) / lanes, mode, 1, tile.shift);
        }
        kernel_tile.starts = part == 0;
        kernel_tile.finishes = part == 1;
        kernel_tile.input_beats = part == 0 ? (int)input_words.size() : 0;
        kernel_tile.weight_beats = (int)words.size();
        output_words = part == 0 ? 0 : ((size_t)(tile.pixels * tile.outputs) * (size_t)tile.output_bits + 63) / 64;
        made = run_top(tile.engine, kernel_tile, channels, input_words, words, output_words);
        found.input += st::loops[st::load_loop];
        found.weights = st::loops[st::weights_loop];
        found.compute = st::loops[st::compute_loop];
        found.store += st::loops[st::store_loop];
        for (long &loop : st::loops) {
            loop = 0;
        }
    }
    found.conflicts = st::conflicts;
    st::conflicts = 0;

    std::vector<int64_t> expected;
    for (int pixel = 0; pixel < tile.pixels; ++pixel) {
        for (int output = 0; output < tile.outputs; ++output) {
            const int64_t sum = accumulated(tile, pixel, output);
            const st_kernel_channel &channel = channels[(size_t)output];
            expected.push_back(
                tile.raw ? sum
                         : st_clamp(
                               channel.offset +
                                   st_requantize_wide(
                                       sum, channel.multiplier, channel.addend_high, channel.addend_low,
                                       (unsigned)channel.shift, (int)channel.even),
                               kernel_tile.lowest, kernel_tile.highest));
        }
    }
    const std::vector<uint64_t> wanted = packed(expected, tile.output_bits);
    for (size_t i = 0; i < wanted.size(); ++i) {
        found.differences += wanted[i] != made[i];
    }
    return found;
}

static bool read(line &tile)
{
    int *const fields[] = {
        &tile.engine, &tile.mode, &tile.input_bits, &tile.weight_bits, &tile.output_bits, &tile.rows, &tile.columns, &tile.pixels,
        &tile.is_run, &tile.kernel_rows, &tile.kernel_columns, &tile.stride_rows, &tile.stride_columns, &tile.dilation_rows,
        &tile.dilation_columns, &tile.map_rows.map, &tile.map_rows.first, &tile.map_rows.step, &tile.map_rows.count,
        &tile.map_columns.map, &tile.map_columns.first, &tile.map_columns.step, &tile.map_columns.count, &tile.channels,
        &tile.outputs, &tile.shift, &tile.raw};
    for (int *field : fields) {
        if (std::scanf("%d", field) != 1) {
            return false;
        }
    }
    return true;
}

int main()
{
    line tile;
    while (read(tile)) {
        const counts found = run(tile);
        std::printf(
            "%ld %ld %ld %ld %ld %ld\n", found.input, found.weights, found.compute, found.store, found.conflicts,
            found.differences);
    }
    return 0;
}
