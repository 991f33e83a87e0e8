/* Numbers as they are stored: fields of 1 to 16 bits side by side in 16-bit words, the lowest bits first. */
#ifndef ST_FIELDS_H
#define ST_FIELDS_H

#include <stdint.h>

/* Where the next field begins: in the `count` bits that are held, then in the next words. */
typedef struct {
    const uint16_t *next;
    uint32_t held;
    int count;
} st_fields;

/* The next field, signed. */
static inline int32_t st_next_field(st_fields *fields, int bits)
{
    const int32_t sign = (int32_t)1 << (bits - 1);
    int32_t field;
    if (fields->count < bits) {
        fields->held |= (uint32_t)*fields->next << fields->count;
        fields->next += 1;
        fields->count += 16;
    }
    field = (int32_t)(fields->held & ((1u << bits) - 1u));
    fields->held >>= bits;
    fields->count -= bits;
    return (field ^ sign) - sign;
}

#endif
