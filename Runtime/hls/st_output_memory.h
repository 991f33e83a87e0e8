/* Accumulators of a tile, and what makes codes of them. */
#ifndef ST_OUTPUT_MEMORY_H
#define ST_OUTPUT_MEMORY_H

#include "st_count.h"
#include "st_kernel_tile.h"
#include "st_types.h"

namespace st {

/* The code of an accumulator: clamp(round((accumulator * multiplier + addend) / 2^shift) + offset). */
inline code requantized(const accumulator &sum, const constants &channel, const st_kernel_tile &tile)
{
    ST_INLINE_FUNCTION
    if (tile.raw) {
        return code(sum);
    }
    const scaled value = scaled(sum * channel.multiplier) + scaled(channel.addend);
    const scaled floored = value >> channel.shift;
    const scaled rest = value - scaled(floored << channel.shift);
    /* Twice the rest against a whole one. */
    const signed_word<scaled_bits + 2> twice = signed_word<scaled_bits + 2>(rest) << 1;
    const signed_word<scaled_bits + 2> whole = signed_word<scaled_bits + 2>(1) << channel.shift;
    const bool up = channel.even && (twice > whole || (twice == whole && (floored & scaled(1)) != 0));
    const signed_word<larger(scaled_bits, 64) + 2> rounded =
        signed_word<larger(scaled_bits, 64) + 2>(floored) + int(up) + channel.offset;
    const signed_word<64> lowest = tile.lowest, highest = tile.highest;
    return rounded < lowest ? code(lowest) : rounded > highest ? code(highest) : code(rounded);
}

/* PIXELS x OUTPUTS accumulators, of which LANES are added to at once. An output has a bank of its own; where a tile has fewer
 * outputs than there are requantizers, pixels that follow one another lie in different banks, so that requantizers find
 * accumulators of several pixels at once. */
template <int PIXELS, int OUTPUTS, int LANES> struct output_memory {
    static const int bank_count = power_of_two(larger(OUTPUTS, requantizers * requantizers));
    /* Pixels side by side where outputs are few. */
    static const int share = bank_count / requantizers;

    banks<accumulator, bank_count, PIXELS> memory;
    ST_PORTS(writes, bank_count)
    ST_PORTS(reads, bank_count)

    struct place {
        int pixel, output;
    };

    static bool is_narrow(const st_kernel_tile &tile)
    {
        ST_INLINE_FUNCTION
        return tile.outputs < requantizers;
    }
    static int bank_of(const place &at, bool narrow)
    {
        ST_INLINE_FUNCTION
        return narrow ? at.pixel % share * requantizers + at.output : at.output;
    }
    static int address_of(int pixel, bool narrow)
    {
        ST_INLINE_FUNCTION
        return narrow ? pixel / share : pixel;
    }

    /* Adds the sums of LANES outputs, those of group `group`, to their accumulators. */
    void add(
        int pixel, int group, const accumulator sums[LANES], const st_kernel_tile &tile, const constants channels[OUTPUTS])
    {
        ST_INLINE_FUNCTION
        /* Every pixel is added to once. */
        ST_INDEPENDENT(memory.bank)
        const bool narrow = is_narrow(tile);
        const int address = address_of(pixel, narrow);
        ST_LOOP_UNROLL
        for (int bank = 0; bank < bank_count; ++bank) {
            ST_BODY_UNROLL
            const int output = narrow ? bank % requantizers : bank;
            const bool shares = !narrow || bank / requantizers == pixel % share;
            if (shares && output < OUTPUTS && output / LANES == group) {
                ST_ACCESS(reads, bank);
                ST_ACCESS(writes, bank);
                const accumulator before = tile.starts ? channels[output].initial : memory[bank][address];
                memory[bank][address] = before + accumulator(sums[output % LANES] << tile.shift);
            }
        }
    }

    /* Requantizes the accumulators and sends their codes, pixel by pixel. */
    template <class Sink> void store(const st_kernel_tile &tile, const constants channels[OUTPUTS], Sink &sink)
    {
        const bool narrow = is_narrow(tile);
        const int count = smaller(requantizers, beat_bits / tile.output_bits);
        int left = tile.pixels * tile.outputs;
        place next[requantizers + 1] = {};
        ST_PARTITION(next, 1)
        beat packed = 0;
        int filled = 0;
        ST_LOOP_PIPELINE
        for (int turn = 0; turn < PIXELS * OUTPUTS; ++turn) {
            ST_BODY_PIPELINE
            if (left <= 0) {
                break;
            }
            ST_TURN(store_loop);
            ST_LOOP_UNROLL
            for (int i = 0; i < requantizers; ++i) {
                ST_BODY_UNROLL
                const place &at = next[i];
                place &after = next[i + 1];
                const bool ends = at.output + 1 == tile.outputs;
                after.pixel = at.pixel + (ends ? 1 : 0);
                after.output = ends ? 0 : at.output + 1;
            }
            accumulator found[bank_count];
            ST_PARTITION(found, 1)
            ST_LOOP_UNROLL
            for (int bank = 0; bank < bank_count; ++bank) {
                ST_BODY_UNROLL
                int address = 0;
                bool wanted = false;
                ST_LOOP_UNROLL
                for (int i = 0; i < requantizers; ++i) {
                    ST_BODY_UNROLL
                    if (i < count && i < left && bank_of(next[i], narrow) == bank) {
                        /* Two that want one bank would show as a conflict. */
                        ST_ACCESS(reads, bank);
                        address = address_of(next[i].pixel, narrow);
                        wanted = true;
                    }
                }
                found[bank] = wanted ? memory[bank][address] : accumulator(0);
            }
            ST_LOOP_UNROLL
            for (int i = 0; i < requantizers; ++i) {
                ST_BODY_UNROLL
                if (i < count && i < left) {
                    const code made = requantized(found[bank_of(next[i], narrow)], channels[next[i].output], tile);
                    packed |= field(made, tile.output_bits) << (filled + i * tile.output_bits);
                }
            }
            filled += count * tile.output_bits;
            left -= count;
            next[0] = next[count];
            if (filled == beat_bits || left <= 0) {
                sink.write(packed);
                packed = 0;
                filled = 0;
            }
        }
    }

    /* The code's lowest bits, others 0. */
    static beat field(const code &made, int bits)
    {
        ST_INLINE_FUNCTION
        return bits == 4    ? beat(unsigned_word<4>(made))
               : bits == 8  ? beat(unsigned_word<8>(made))
               : bits == 16 ? beat(unsigned_word<16>(made))
               : bits == 32 ? beat(unsigned_word<32>(made))
                            : beat(unsigned_word<64>(signed_word<64>(made)));
    }
};

}

#endif
