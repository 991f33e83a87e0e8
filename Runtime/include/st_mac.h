/* The Sum-Together multiplier: two 16-bit operand ports that carry N = 1, 2 or 4 signed operands side by side, and the
 * sum of the N products as the result. */
#ifndef ST_MAC_H
#define ST_MAC_H

#include <stdint.h>

#include "st_pragmas.h"

/* Activation bits x weight bits, either way round. An operand narrower than its lane is sign-extended to it. */
typedef enum { ST_16X16, ST_16X8, ST_8X8, ST_8X4, ST_4X4 } st_mode;

/* The most lanes of a port. */
#define ST_LANES 4

/* How many products a multiplication sums: 1, 2 or 4. */
static inline int st_lanes(st_mode mode)
{
    return mode == ST_4X4 ? 4 : mode == ST_8X8 || mode == ST_8X4 ? 2 : 1;
}

/* The signed operand of `16 / lanes` bits in lane `lane` of a port. */
static inline int32_t st_lane(uint16_t word, int lane, int lanes)
{
    const int bits = 16 / lanes;
    const int32_t sign = (int32_t)1 << (bits - 1);
    const int32_t field = (int32_t)(((uint32_t)word >> (lane * bits)) & ((1u << bits) - 1u));
    return (field ^ sign) - sign;
}

/* Puts an operand into lane `lane` of a port. */
static inline uint16_t st_place(int32_t operand, int lane, int lanes)
{
    const int bits = 16 / lanes;
    return (uint16_t)(((uint32_t)operand & ((1u << bits) - 1u)) << (lane * bits));
}

/* a0 b0, a0 b0 + a1 b1 or a0 b0 + a1 b1 + a2 b2 + a3 b3, as the mode says. */
static inline int32_t st_mac(uint16_t a, uint16_t b, st_mode mode)
{
    ST_INLINE_FUNCTION
    switch (mode) {
    case ST_4X4:
        return st_lane(a, 0, 4) * st_lane(b, 0, 4) + st_lane(a, 1, 4) * st_lane(b, 1, 4) +
               st_lane(a, 2, 4) * st_lane(b, 2, 4) + st_lane(a, 3, 4) * st_lane(b, 3, 4);
    case ST_8X8:
    case ST_8X4:
        return st_lane(a, 0, 2) * st_lane(b, 0, 2) + st_lane(a, 1, 2) * st_lane(b, 1, 2);
    case ST_16X16:
    case ST_16X8:
        break;
    }
    return st_lane(a, 0, 1) * st_lane(b, 0, 1);
}

#endif
