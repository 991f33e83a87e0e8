/* The weight ports of an engine's multipliers. */
#ifndef ST_WEIGHT_PORT_H
#define ST_WEIGHT_PORT_H

#include "st_packed_memory.h"

namespace st {

/* A memory of up to WEIGHTS weights, read one word of LANES outputs at a time. Weights lie there as they came, so that words whose
 * last lanes are empty take no room; their lanes are reversed for st_array when they are read. */
template <int WEIGHTS, int LANES> struct weight_memory {
    packed_memory<WEIGHTS, 16 * LANES> memory;

    /* A block of weights, packed, a beat after the other. */
    template <class Source> void load(int beats, Source &source)
    {
        ST_LOOP_PIPELINE
        for (int row = 0; row < decltype(memory)::rows; ++row) {
            ST_BODY_PIPELINE
            if (row >= beats) {
                break;
            }
            ST_TURN(weights_loop);
            memory.write(row, source.read());
        }
    }

    /* Words of `count` weights of `bits` bits each, from field `first` on. */
    void read(int first, int count, int bits, int lanes, port words[LANES])
    {
        ST_INLINE_FUNCTION
        const unsigned_word<16 * LANES> fields = memory.read(first * bits);
        const int quarters = count * bits / 4;
        ST_LOOP_UNROLL
        for (int lane = 0; lane < LANES; ++lane) {
            ST_BODY_UNROLL
            const port word = quarters == 1   ? port(fields >> (4 * lane))
                              : quarters == 2 ? port(fields >> (8 * lane))
                              : quarters == 3 ? port(fields >> (12 * lane))
                                              : port(fields >> (16 * lane));
            words[lane] = lanes_of(word, bits, count, lanes, true);
        }
    }
};

}

#endif
