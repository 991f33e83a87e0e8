/* Words of the weight memories, made of weights as they are stored. */
#ifndef ST_WEIGHTS_H
#define ST_WEIGHTS_H

#include "st_fields.h"
#include "st_mac.h"

/* One of the next fields in each lane, `left` of them at most. */
static inline uint16_t st_weight_word(st_fields *fields, int left, int bits, int lanes)
{
    uint32_t word = 0;
    if (bits * lanes == 16 && left >= lanes && fields->count == 0) {
        fields->next += 1;
        return fields->next[-1];
    }
    for (int lane = 0; lane < ST_LANES; ++lane) {
        if (lane >= lanes || lane >= left) {
            break;
        }
        word |= st_place(st_next_field(fields, bits), lane, lanes);
    }
    return (uint16_t)word;
}

#endif
