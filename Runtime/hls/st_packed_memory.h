/* Memories of packed operands, as the bus brings them. */
#ifndef ST_PACKED_MEMORY_H
#define ST_PACKED_MEMORY_H

#include "st_count.h"
#include "st_types.h"

namespace st {

/* Rows of a beat that `bits` bits may touch; fields begin at multiples of 4 bits. */
constexpr int row_span(int bits) { return (bits - 4 + beat_bits - 1) / beat_bits + 1; }

/* Up to OPERANDS operands of 16 bits, or more that are narrower, in rows of a beat. `read` finds BITS bits that begin at any field:
 * rows that follow one another lie in different banks. A turn writes each bank once and reads it once, at most. */
template <int OPERANDS, int BITS> struct packed_memory {
    static const int span = row_span(BITS);
    static const int bank_count = power_of_two(span);
    static const int rows = quotient_up(16 * OPERANDS, beat_bits);
    /* Rows behind the last one may be read, but what they hold is not used. */
    static const int depth = quotient_up(rows, bank_count) + 1;

    banks<beat, bank_count, depth> memory;
    ST_PORTS(writes, bank_count)
    ST_PORTS(reads, bank_count)

    void write(int row, const beat &value)
    {
        ST_INLINE_FUNCTION
        ST_LOOP_UNROLL
        for (int bank = 0; bank < bank_count; ++bank) {
            ST_BODY_UNROLL
            if (row % bank_count == bank) {
                ST_ACCESS(writes, bank);
                memory[bank][row / bank_count] = value;
            }
        }
    }

    unsigned_word<BITS> read(int first_bit)
    {
        ST_INLINE_FUNCTION
        const int first = first_bit / beat_bits;
        beat found[bank_count];
        ST_PARTITION(found, 1)
        ST_LOOP_UNROLL
        for (int bank = 0; bank < bank_count; ++bank) {
            ST_BODY_UNROLL
            ST_ACCESS(reads, bank);
            found[bank] = memory[bank][(first + ((bank - first) & (bank_count - 1))) / bank_count];
        }
        unsigned_word<span * beat_bits> window = 0;
        ST_LOOP_UNROLL
        for (int row = 0; row < span; ++row) {
            ST_BODY_UNROLL
            window |= unsigned_word<span * beat_bits>(found[(first + row) & (bank_count - 1)]) << (row * beat_bits);
        }
        return unsigned_word<BITS>(window >> (first_bit % beat_bits));
    }
};

/* The field of `bits` bits, 4, 8 or 16, at the low end of a word, with its sign in 16 bits. */
inline port extended(const port &word, int bits)
{
    ST_INLINE_FUNCTION
    return bits == 4    ? port(signed_word<16>(signed_word<4>(unsigned_word<4>(word))))
           : bits == 8  ? port(signed_word<16>(signed_word<8>(unsigned_word<8>(word))))
                        : word;
}

/* An operand in lane `lane` of a port, what it has beyond the lane cut off. */
inline port placed(const port &operand, int lane, int lanes)
{
    ST_INLINE_FUNCTION
    return lanes == 4   ? port(port(unsigned_word<4>(operand)) << (4 * lane))
           : lanes == 2 ? port(port(unsigned_word<8>(operand)) << (8 * lane))
                        : operand;
}

/* `count` fields of `bits` bits each as a port's lanes, in their order or reversed; the other lanes are 0. */
inline port lanes_of(const port &fields, int bits, int count, int lanes, bool reversed)
{
    ST_INLINE_FUNCTION
    port word = 0;
    ST_LOOP_UNROLL
    for (int lane = 0; lane < 4; ++lane) {
        ST_BODY_UNROLL
        if (lane < count) {
            const port field = lane == 0 ? fields : bits == 8 ? port(fields >> (8 * (lane & 1))) : port(fields >> (4 * lane));
            word |= placed(extended(field, bits), reversed ? lanes - 1 - lane : lane, lanes);
        }
    }
    return word;
}

/* `operand` in every lane. */
inline port in_all_lanes(const port &operand, int lanes)
{
    ST_INLINE_FUNCTION
    return lanes == 4   ? port(port(unsigned_word<4>(operand)) * 0x1111)
           : lanes == 2 ? port(port(unsigned_word<8>(operand)) * 0x101)
                        : operand;
}

}

#endif
