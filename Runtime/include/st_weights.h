/* Words of the weight memories, made of weights as they are stored. */
#ifndef ST_WEIGHTS_H
#define ST_WEIGHTS_H

#include "st_config.h"
#include "st_fields.h"
#include "st_mac.h"

/* One of the next fields in each lane, `left` of them at most. */
static ST_SPECIALIZE uint16_t st_weight_word(st_fields *fields, int left, int bits, int lanes)
{
    uint32_t word;
    if (bits * lanes == 16 && left >= lanes && fields->count == 0) {
        fields->next += 1;
        return fields->next[-1];
    }
    word = st_place(st_next_field(fields, bits), 0, lanes);
    if (lanes > 1 && left > 1) {
        word |= st_place(st_next_field(fields, bits), 1, lanes);
    }
    if (lanes > 2 && left > 2) {
        word |= st_place(st_next_field(fields, bits), 2, lanes);
    }
    if (lanes > 3 && left > 3) {
        word |= st_place(st_next_field(fields, bits), 3, lanes);
    }
    return (uint16_t)word;
}

/* UNPACK(lanes) for the lanes of a mode: a copy of its loops for each number of them that the network uses. */
#if ST_USES_LANES_1
#define ST_UNPACK_1(UNPACK) UNPACK(1)
#else
#define ST_UNPACK_1(UNPACK)
#endif
#if ST_USES_LANES_2
#define ST_UNPACK_2(UNPACK) UNPACK(2)
#else
#define ST_UNPACK_2(UNPACK)
#endif
#if ST_USES_LANES_4
#define ST_UNPACK_4(UNPACK) UNPACK(4)
#else
#define ST_UNPACK_4(UNPACK)
#endif
#define ST_UNPACK(mode, UNPACK) \
    switch (st_lanes(mode)) { \
    case 4: \
        ST_UNPACK_4(UNPACK); \
        break; \
    case 2: \
        ST_UNPACK_2(UNPACK); \
        break; \
    default: \
        ST_UNPACK_1(UNPACK); \
        break; \
    }

#endif
