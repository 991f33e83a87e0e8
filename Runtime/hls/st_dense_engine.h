/* The 2DConv and FC engines: multipliers of several outputs share an activation word, which sums up to four input channels. */
#ifndef ST_DENSE_ENGINE_H
#define ST_DENSE_ENGINE_H

#include "st_array.h"
#include "st_output_memory.h"
#include "st_weight_port.h"

namespace st {

/* `Sizes` are those of the engine's memories; the FC engine's maps have one pixel, and its kernels one tap. */
template <class Sizes> struct dense_engine {
    static const int lanes_side_by_side = smaller(Sizes::multipliers, Sizes::outputs);
    static const int groups = quotient_up(Sizes::outputs, lanes_side_by_side);
    static const int inputs = Sizes::input_pixels * Sizes::channels;
    static const int kernel = Sizes::taps * Sizes::channels * Sizes::outputs;
    static const int most_turns = Sizes::pixels * groups * Sizes::taps * Sizes::channels;
    static const int channels_of_tile = Sizes::outputs;

    packed_memory<inputs, 16> input;
    weight_memory<kernel, lanes_side_by_side> weights;
    output_memory<Sizes::pixels, Sizes::outputs, lanes_side_by_side> output;

    template <class Source> void load(const st_kernel_tile &tile, Source &source)
    {
        ST_LOOP_PIPELINE
        for (int row = 0; row < decltype(input)::rows; ++row) {
            ST_BODY_PIPELINE
            if (row >= tile.input_beats) {
                break;
            }
            ST_TURN(load_loop);
            input.write(row, source.read());
        }
    }

    /* One pixel after another, group by group of outputs, tap by tap, word by word. */
    void compute(const st_kernel_tile &tile, const constants channels[Sizes::outputs])
    {
        const int words = (tile.channels + tile.lanes - 1) / tile.lanes;
        const int last_lanes = tile.channels - (words - 1) * tile.lanes;
        const int last_group = quotient_up(tile.outputs, lanes_side_by_side) - 1;
        const port padding = in_all_lanes(port(tile.padding), tile.lanes);
        /* From a pixel, and from a row, of the window to the next, in fields. */
        const int row_fields = tile.width * tile.channels;
        accumulator sums[lanes_side_by_side];
        ST_PARTITION(sums, 1)
        int pixel = 0, row = 0, column = 0, group = 0, kernel_row = 0, kernel_column = 0, word = 0;
        /* Where in the feature map's part that is loaded: the pixel's first tap, and this one. */
        int pixel_y = -tile.top, pixel_x = -tile.left, y = pixel_y, x = pixel_x;
        /* The field of those taps' first channel, of their rows', and of this word. */
        int row_start = pixel_y * row_fields + pixel_x * tile.channels;
        int pixel_start = row_start, kernel_row_start = row_start, tap_start = row_start, field = row_start;
        int weight = 0;
        ST_LOOP_PIPELINE
        for (int turn = 0; turn < most_turns; ++turn) {
            ST_BODY_PIPELINE
            ST_TURN(compute_loop);
            const bool ends_tap = word == words - 1;
            const bool ends_kernel_row = ends_tap && kernel_column == tile.kernel_columns - 1;
            const bool ends_sums = ends_kernel_row && kernel_row == tile.kernel_rows - 1;
            const bool ends_pixel = ends_sums && group == last_group;
            const bool ends_row = ends_pixel && column == tile.columns - 1;
            const bool starts_sums = word == 0 && kernel_row == 0 && kernel_column == 0;
            const bool inside = y >= 0 && y < tile.height && x >= 0 && x < tile.width;
            const int count = ends_tap ? last_lanes : tile.lanes;
            const port codes = input.read(inside ? field * tile.input_bits : 0);
            const port activations = inside ? lanes_of(codes, tile.input_bits, tile.lanes, tile.lanes, false) : padding;
            port ports[lanes_side_by_side];
            ST_PARTITION(ports, 1)
            weights.read(weight + group * lanes_side_by_side * count, count, tile.weight_bits, tile.lanes, ports);
            ST_LOOP_UNROLL
            for (int lane = 0; lane < lanes_side_by_side; ++lane) {
                ST_BODY_UNROLL
                const accumulator before = starts_sums ? accumulator(0) : sums[lane];
                sums[lane] = before + accumulator(st_array((uint16_t)activations.to_uint(), (uint16_t)ports[lane].to_uint(), tile.lanes));
            }
            if (ends_sums) {
                output.add(pixel, group, sums, tile, channels);
            }
            if (ends_row && row == tile.rows - 1) {
                break;
            }
            weight = ends_sums ? 0 : weight + tile.outputs * count;
            word = ends_tap ? 0 : word + 1;
            kernel_column = ends_kernel_row ? 0 : ends_tap ? kernel_column + 1 : kernel_column;
            kernel_row = ends_sums ? 0 : ends_kernel_row ? kernel_row + 1 : kernel_row;
            group = ends_pixel ? 0 : ends_sums ? group + 1 : group;
            column = ends_row ? 0 : ends_pixel ? column + 1 : column;
            row += ends_row ? 1 : 0;
            pixel += ends_pixel ? 1 : 0;
            row_start += ends_row ? tile.stride_rows * row_fields : 0;
            pixel_start = ends_row ? row_start : ends_pixel ? pixel_start + tile.stride_columns * tile.channels : pixel_start;
            kernel_row_start =
                ends_sums ? pixel_start : ends_kernel_row ? kernel_row_start + tile.dilation_rows * row_fields : kernel_row_start;
            tap_start = ends_kernel_row ? kernel_row_start : ends_tap ? tap_start + tile.dilation_columns * tile.channels : tap_start;
            field = ends_tap ? tap_start : field + tile.lanes;
            pixel_y += ends_row ? tile.stride_rows : 0;
            pixel_x = ends_row ? -tile.left : ends_pixel ? pixel_x + tile.stride_columns : pixel_x;
            y = ends_sums ? pixel_y : ends_kernel_row ? y + tile.dilation_rows : y;
            x = ends_kernel_row ? pixel_x : ends_tap ? x + tile.dilation_columns : x;
        }
    }
};

}

#endif
