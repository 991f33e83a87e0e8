/* The DWConv engine: every multiplier has a channel of its own; a word sums up to four taps of its kernel. */
#ifndef ST_DEPTHWISE_ENGINE_H
#define ST_DEPTHWISE_ENGINE_H

#include "st_array.h"
#include "st_output_memory.h"
#include "st_weight_port.h"

namespace st {

/* A memory of CODES codes of 16 bits, as many copies of codes of 8 bits as two, or of 4 bits as four: each of the 4 / N taps of a
 * turn is read from a copy of its own, and one port to read suffices for all. LANES channels of a pixel are read at once. */
template <int CODES, int LANES> struct tap_memory {
    /* Rows in which a pixel's codes may lie. */
    static const int span = row_span(16 * LANES);
    static const int bank_count = larger(
        power_of_two(span), larger(2 * power_of_two(row_span(8 * LANES)), 4 * power_of_two(row_span(4 * LANES))));
    static const int rows = quotient_up(16 * CODES, beat_bits);
    static const int depth = quotient_up(rows, bank_count) + 1;

    banks<beat, bank_count, depth> memory;
    ST_PORTS(writes, bank_count)
    ST_PORTS(reads, bank_count)

    /* Of the banks of a copy. */
    static int address(int row, int copies)
    {
        ST_INLINE_FUNCTION
        return copies == 4 ? row / (bank_count / 4) : copies == 2 ? row / (bank_count / 2) : row / bank_count;
    }

    /* Into every copy. */
    void write(int row, const beat &value, int copies)
    {
        ST_INLINE_FUNCTION
        const int mask = bank_count / copies - 1;
        ST_LOOP_UNROLL
        for (int bank = 0; bank < bank_count; ++bank) {
            ST_BODY_UNROLL
            if ((row & mask) == (bank & mask)) {
                ST_ACCESS(writes, bank);
                memory[bank][address(row, copies)] = value;
            }
        }
    }

    /* From bit `first[tap]` on of the copy of each tap. */
    void read(const int first[4], int copies, unsigned_word<16 * LANES> found[4])
    {
        ST_INLINE_FUNCTION
        const int mask = bank_count / copies - 1;
        beat values[bank_count];
        ST_PARTITION(values, 1)
        ST_LOOP_UNROLL
        for (int bank = 0; bank < bank_count; ++bank) {
            ST_BODY_UNROLL
            const int row = first[bank * copies / bank_count] / beat_bits;
            ST_ACCESS(reads, bank);
            values[bank] = memory[bank][address(row + ((bank - row) & mask), copies)];
        }
        ST_LOOP_UNROLL
        for (int tap = 0; tap < 4; ++tap) {
            ST_BODY_UNROLL
            unsigned_word<span * beat_bits> window = 0;
            const int row = first[tap] / beat_bits;
            ST_LOOP_UNROLL
            for (int i = 0; i < span; ++i) {
                ST_BODY_UNROLL
                const int bank = (tap * (bank_count / copies) + ((row + i) & mask)) & (bank_count - 1);
                window |= unsigned_word<span * beat_bits>(values[bank]) << (i * beat_bits);
            }
            found[tap] = unsigned_word<16 * LANES>(window >> (first[tap] % beat_bits));
        }
    }
};

template <class Sizes> struct depthwise_engine {
    static const int lanes_side_by_side = smaller(Sizes::multipliers, Sizes::channels);
    static const int groups = quotient_up(Sizes::channels, lanes_side_by_side);
    static const int most_turns = Sizes::pixels * groups * Sizes::taps;
    static const int channels_of_tile = Sizes::channels;

    tap_memory<Sizes::input_pixels * Sizes::channels, lanes_side_by_side> input;
    weight_memory<Sizes::taps * Sizes::channels, lanes_side_by_side> weights;
    output_memory<Sizes::pixels, Sizes::channels, lanes_side_by_side> output;

    template <class Source> void load(const st_kernel_tile &tile, Source &source)
    {
        ST_LOOP_PIPELINE
        for (int row = 0; row < decltype(input)::rows; ++row) {
            ST_BODY_PIPELINE
            if (row >= tile.input_beats) {
                break;
            }
            ST_TURN(load_loop);
            input.write(row, source.read(), tile.lanes);
        }
    }

    /* A tap of the pixel's kernel: its column, where it reads, and the fields of its pixel and of its row's first. */
    struct tap {
        int column, y, x, field, row_start;
    };

    /* One pixel after another, group by group of channels, word by word of taps. */
    void compute(const st_kernel_tile &tile, const constants channels[Sizes::channels])
    {
        const int taps = tile.kernel_rows * tile.kernel_columns;
        const int last_group = quotient_up(tile.outputs, lanes_side_by_side) - 1;
        const int row_fields = tile.width * tile.channels;
        accumulator sums[lanes_side_by_side];
        ST_PARTITION(sums, 1)
        int pixel = 0, row = 0, column = 0, group = 0, done = 0;
        int row_start = -tile.top * row_fields - tile.left * tile.channels;
        tap first = {0, -tile.top, -tile.left, row_start, row_start};
        /* The taps of this turn, and the one behind them. */
        tap at[5];
        ST_PARTITION(at, 1)
        at[0] = first;
        int weight = 0;
        ST_LOOP_PIPELINE
        for (int turn = 0; turn < most_turns; ++turn) {
            ST_BODY_PIPELINE
            ST_TURN(compute_loop);
            const bool ends_sums = done + tile.lanes >= taps;
            const bool ends_pixel = ends_sums && group == last_group;
            const bool ends_row = ends_pixel && column == tile.columns - 1;
            const bool starts_sums = done == 0;
            const int count = ends_sums ? taps - done : tile.lanes;
            ST_LOOP_UNROLL
            for (int i = 0; i < 4; ++i) {
                ST_BODY_UNROLL
                const bool ends_kernel_row = at[i].column == tile.kernel_columns - 1;
                at[i + 1].column = ends_kernel_row ? 0 : at[i].column + 1;
                at[i + 1].y = ends_kernel_row ? at[i].y + tile.dilation_rows : at[i].y;
                at[i + 1].x = ends_kernel_row ? first.x : at[i].x + tile.dilation_columns;
                at[i + 1].row_start = ends_kernel_row ? at[i].row_start + tile.dilation_rows * row_fields : at[i].row_start;
                at[i + 1].field = ends_kernel_row ? at[i + 1].row_start : at[i].field + tile.dilation_columns * tile.channels;
            }
            bool inside[4];
            int bits[4];
            unsigned_word<16 * lanes_side_by_side> codes[4];
            ST_PARTITION(inside, 1)
            ST_PARTITION(bits, 1)
            ST_PARTITION(codes, 1)
            ST_LOOP_UNROLL
            for (int i = 0; i < 4; ++i) {
                ST_BODY_UNROLL
                inside[i] = i < count && at[i].y >= 0 && at[i].y < tile.height && at[i].x >= 0 && at[i].x < tile.width;
                bits[i] = inside[i] ? (at[i].field + group * lanes_side_by_side) * tile.input_bits : 0;
            }
            input.read(bits, tile.lanes, codes);
            port ports[lanes_side_by_side];
            ST_PARTITION(ports, 1)
            weights.read(weight + group * lanes_side_by_side * count, count, tile.weight_bits, tile.lanes, ports);
            ST_LOOP_UNROLL
            for (int lane = 0; lane < lanes_side_by_side; ++lane) {
                ST_BODY_UNROLL
                port activations = 0;
                ST_LOOP_UNROLL
                for (int i = 0; i < 4; ++i) {
                    ST_BODY_UNROLL
                    const port read = tile.input_bits == 4   ? port(codes[i] >> (4 * lane))
                                      : tile.input_bits == 8 ? port(codes[i] >> (8 * lane))
                                                            : port(codes[i] >> (16 * lane));
                    if (i < tile.lanes) {
                        activations |= placed(inside[i] ? extended(read, tile.input_bits) : port(tile.padding), i, tile.lanes);
                    }
                }
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
            done = ends_sums ? 0 : done + tile.lanes;
            group = ends_pixel ? 0 : ends_sums ? group + 1 : group;
            column = ends_row ? 0 : ends_pixel ? column + 1 : column;
            row += ends_row ? 1 : 0;
            pixel += ends_pixel ? 1 : 0;
            row_start += ends_row ? tile.stride_rows * row_fields : 0;
            first.y += ends_row ? tile.stride_rows : 0;
            first.x = ends_row ? -tile.left : ends_pixel ? first.x + tile.stride_columns : first.x;
            first.field = ends_row ? row_start : ends_pixel ? first.field + tile.stride_columns * tile.channels : first.field;
            first.row_start = first.field;
            at[0] = ends_sums ? first : at[tile.lanes];
        }
    }
};

}

#endif
