/* Compares st_array with st_mac on all pairs of ports there are, in every mode that multiplies differently. */
#include <stdio.h>

#include "st_array.h"
#include "st_mac.h"

static uint16_t reversed(uint16_t word, int lanes)
{
    uint16_t result = 0;
    for (int lane = 0; lane < lanes; ++lane) {
        result = (uint16_t)(result | st_place(st_lane(word, lane, lanes), lanes - 1 - lane, lanes));
    }
    return result;
}

/* A copy for each mode, which the compiler makes vectors of. */
static inline __attribute__((always_inline)) unsigned long differences(int lanes, st_mode mode)
{
    unsigned long sum = 0;
    for (uint32_t b = 0; b < 65536; ++b) {
        const uint16_t turned = reversed((uint16_t)b, lanes);
        unsigned found = 0;
        for (uint32_t a = 0; a < 65536; ++a) {
            found += st_array((uint16_t)a, turned, lanes) != st_mac((uint16_t)a, (uint16_t)b, mode);
        }
        sum += found;
    }
    return sum;
}

int main(void)
{
    const unsigned long found[] = {differences(1, ST_16X16), differences(2, ST_8X8), differences(4, ST_4X4)};
    printf("%lu %lu %lu\n", found[0], found[1], found[2]);
    return found[0] + found[1] + found[2] != 0;
}
