/* st_mac as one array of partial products, for hardware: 16 x 16 bits that serve every mode.
 *
 * The lanes of the weight port are reversed, so that the products that a mode wants lie on the array's anti-diagonal: with two
 * lanes a1 a0 and b0 b1, a0 b0 and a1 b1 both have the weight 2^8, and the array's own adders sum them. What else the array
 * would multiply is masked. Signs are Baugh and Wooley's: a partial product of one sign bit is inverted, and one constant per
 * mode makes up for all of them. */
#ifndef ST_ARRAY_H
#define ST_ARRAY_H

#include <stdint.h>

#include "st_arithmetic.h"
#include "st_pragmas.h"

/* The bits of port `a` that row `row` of the array multiplies where operands have `bits` bits: those of the lane that row's lane
 * of the reversed port belongs to. */
static inline uint32_t st_array_lane(int row, int bits)
{
    return ((1u << bits) - 1u) << (16 - bits - row / bits * bits);
}

/* The partial products of a row that are inverted: of its lane's sign bit, or, in the row of a sign bit, all others. */
static inline uint32_t st_array_inverted(int row, int bits)
{
    const uint32_t sign = 1u << (15 - row / bits * bits);
    return row % bits == bits - 1 ? st_array_lane(row, bits) ^ sign : sign;
}

/* What inverted products add up to, taken off: 2^bits - 2^(2 bits - 1) for each of the lanes. */
static inline uint32_t st_array_correction(int bits)
{
    const uint32_t lanes = 16u / (uint32_t)bits;
    return lanes * ((1u << bits) - (1u << (2 * bits - 1))) << (16 - bits);
}

/* Of three constants the one of the mode with this many lanes. */
static inline uint32_t st_array_choice(uint32_t one, uint32_t two, uint32_t four, int lanes)
{
    ST_INLINE_FUNCTION
    return lanes == 4 ? four : lanes == 2 ? two : one;
}

/* The sum of the products of `lanes` operands of `a` with those of a port whose lanes are in reversed order: 33 - 16 / lanes
 * bits, signed. */
static inline int32_t st_array(uint16_t a, uint16_t reversed, int lanes)
{
    ST_INLINE_FUNCTION
    uint32_t sum = st_array_choice(st_array_correction(16), st_array_correction(8), st_array_correction(4), lanes);
    ST_LOOP_UNROLL
    for (int row = 0; row < 16; ++row) {
        ST_BODY_UNROLL
        const uint32_t lane = st_array_choice(st_array_lane(row, 16), st_array_lane(row, 8), st_array_lane(row, 4), lanes);
        const uint32_t inverted =
            st_array_choice(st_array_inverted(row, 16), st_array_inverted(row, 8), st_array_inverted(row, 4), lanes);
        const uint32_t bit = ((uint32_t)reversed >> row) & 1u;
        sum += ((a & lane & (0u - bit)) ^ inverted) << row;
    }
    /* 32 bits in two's complement, whose upper ones are the sum. */
    const uint32_t sign = 0x80000000u >> (16 - 16 / lanes);
    return st_signed32(((sum >> (16 - 16 / lanes)) ^ sign) - sign);
}

#endif
