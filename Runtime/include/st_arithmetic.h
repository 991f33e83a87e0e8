/* Integer helpers whose results C99 defines for every operand that they are given, and requantization. */
#ifndef ST_ARITHMETIC_H
#define ST_ARITHMETIC_H

#include <stdint.h>

#include "st_names.h"

/* Two's complement to signed, where a plain cast is up to the compiler. */
static inline int32_t st_signed32(uint32_t bits)
{
    return bits <= (uint32_t)INT32_MAX ? (int32_t)bits : -(int32_t)(UINT32_MAX - bits) - 1;
}

static inline int64_t st_signed64(uint64_t bits)
{
    return bits <= (uint64_t)INT64_MAX ? (int64_t)bits : -(int64_t)(UINT64_MAX - bits) - 1;
}

/* floor(value / 2^shift), shift in 0..63 */
static inline int64_t st_shift_right(int64_t value, unsigned shift)
{
    /* How negative numbers are shifted is up to the compiler: nearly all copy the sign. */
    return value >= 0 || (-1 >> 1) == -1 ? value >> shift : ~(~value >> shift);
}

static inline int64_t st_clamp(int64_t value, int64_t lowest, int64_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

static inline int32_t st_clamp32(int32_t value, int32_t lowest, int32_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

static inline int64_t st_larger(int64_t first, int64_t second)
{
    return first > second ? first : second;
}

static inline int64_t st_smaller(int64_t first, int64_t second)
{
    return first < second ? first : second;
}

/* Digit `limb` of `code` in balanced base 2^16: every digit in -32768..32767. */
static inline int32_t st_limb(int64_t code, int limb)
{
    /* The fifth digit is the last that 64 bits have. */
    for (int digit = 0; digit < 4; ++digit) {
        if (digit >= limb) {
            break;
        }
        const int64_t carry = (int64_t)(((uint64_t)code >> 15) & 1u);
        code = st_shift_right(code, 16) + carry;
    }
    return (int32_t)(((uint32_t)code & 0xffffu) ^ 0x8000u) - 0x8000;
}

/* floor((accumulator * multiplier + addend) / 2^shift) where the sum is known to fit 63 bits; shift in 0..62 */
static inline int64_t st_requantize(int64_t accumulator, int64_t multiplier, int64_t addend, unsigned shift)
{
    return st_shift_right(accumulator * multiplier + addend, shift);
}

/* The same for a shift of 32: the upper word. */
static inline int32_t st_requantize_upper(int32_t accumulator, int32_t multiplier, int64_t addend)
{
    return (int32_t)st_shift_right((int64_t)accumulator * multiplier + addend, 32);
}

/* st_requantize, rounded to the nearest integer and ties to the even one. */
static inline int64_t st_requantize_even(int64_t accumulator, int64_t multiplier, int64_t addend, unsigned shift)
{
    const int64_t scaled = accumulator * multiplier + addend;
    const int64_t floored = st_shift_right(scaled, shift);
    const uint64_t unit = (uint64_t)1 << shift;
    const uint64_t remainder = (uint64_t)scaled & (unit - 1u);
    const uint64_t half = unit >> 1;
    return floored + (shift > 0 && (remainder > half || (remainder == half && ((uint64_t)floored & 1u) != 0u)));
}

/* The same over 128 bits: the addend is addend_high * 2^64 + addend_low, shift is in 0..126, `even` rounds half to even. */
int64_t st_requantize_wide(
    int64_t accumulator, int64_t multiplier, int64_t addend_high, uint64_t addend_low, unsigned shift, int even);

/* round((accumulator * multiplier + addend) / divisor), ties to the even integer, where the sum is known to fit 62 bits and the
 * divisor is 1..2^62 */
static inline int64_t st_divide_even(int64_t accumulator, int64_t multiplier, int64_t addend, int64_t divisor)
{
    const int64_t scaled = accumulator * multiplier + addend;
    const int64_t truncated = scaled / divisor;
    const int64_t left = scaled % divisor;
    const int64_t floored = left < 0 ? truncated - 1 : truncated;
    const int64_t rest = left < 0 ? left + divisor : left;
    const int64_t other = divisor - rest;
    return floored + (rest > other || (rest == other && ((uint64_t)floored & 1u) != 0u));
}

/* How many of `count` ascending thresholds are <= accumulator, by bisection; `steps` is the bit width of the largest count. */
static inline int st_count_thresholds32(int64_t accumulator, const int32_t thresholds[], int count, int steps)
{
    int passed = 0;
    for (int done = 0; done < 31; ++done) {
        if (done >= steps) {
            break;
        }
        const int next = passed + (1 << (steps - 1 - done));
        if (next <= count && thresholds[next - 1] <= accumulator) {
            passed = next;
        }
    }
    return passed;
}

static inline int st_count_thresholds64(int64_t accumulator, const int64_t thresholds[], int count, int steps)
{
    int passed = 0;
    for (int done = 0; done < 31; ++done) {
        if (done >= steps) {
            break;
        }
        const int next = passed + (1 << (steps - 1 - done));
        if (next <= count && thresholds[next - 1] <= accumulator) {
            passed = next;
        }
    }
    return passed;
}

#endif
