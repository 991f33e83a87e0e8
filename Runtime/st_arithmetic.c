#include "st_arithmetic.h"

static uint64_t magnitude(int64_t value)
{
    return (value < 0) ? ((uint64_t)0 - (uint64_t)value) : (uint64_t)value;
}

int64_t st_requantize_wide(
    int64_t accumulator, int64_t multiplier, int64_t addend_high, uint64_t addend_low, unsigned shift, int even)
{
    /* |accumulator| * |multiplier| from four 32 x 32-bit products */
    const uint64_t a = magnitude(accumulator);
    const uint64_t b = magnitude(multiplier);
    const uint64_t a_low = a & 0xffffffffu;
    const uint64_t a_high = a >> 32;
    const uint64_t b_low = b & 0xffffffffu;
    const uint64_t b_high = b >> 32;
    const uint64_t low_low = a_low * b_low;
    const uint64_t middle = (a_high * b_low) + (low_low >> 32);
    const uint64_t cross = (a_low * b_high) + (middle & 0xffffffffu);
    uint64_t low = (cross << 32) | (low_low & 0xffffffffu);
    uint64_t high = (a_high * b_high) + (middle >> 32) + (cross >> 32);

    if ((accumulator < 0) != (multiplier < 0)) {
        low = (uint64_t)0 - low;
        high = ~high + (low == 0u);
    }
    low += addend_low;
    high += (uint64_t)addend_high + (low < addend_low);

    {
        /* floor, the bit below it, and whether any bit below that is set */
        uint64_t floored;
        uint64_t below;
        int half = 0;
        int rest = 0;
        if (shift == 0u) {
            floored = low;
        } else if (shift < 64u) {
            floored = (low >> shift) | (high << (64u - shift));
            below = low & (((uint64_t)1 << shift) - 1u);
            half = (int)((below >> (shift - 1u)) & 1u);
            rest = (below & (((uint64_t)1 << (shift - 1u)) - 1u)) != 0u;
        } else if (shift == 64u) {
            floored = high;
            half = (int)(low >> 63);
            rest = (low << 1) != 0u;
        } else {
            const unsigned upper = shift - 64u;
            floored = (uint64_t)st_shift_right(st_signed64(high), upper);
            below = high & (((uint64_t)1 << upper) - 1u);
            half = (int)((below >> (upper - 1u)) & 1u);
            rest = ((below & (((uint64_t)1 << (upper - 1u)) - 1u)) != 0u) || (low != 0u);
        }
        if ((even != 0) && (half != 0) && ((rest != 0) || ((floored & 1u) != 0u))) {
            floored += 1u;
        }
        return st_signed64(floored);
    }
}
