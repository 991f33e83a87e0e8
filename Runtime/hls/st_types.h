/* Types of the kernels for synthesis, as wide as what they hold is proved to be (st_widths.h): ap_int for Vitis HLS, ac_int for
 * Catapult. */
#ifndef ST_TYPES_H
#define ST_TYPES_H

#include "st_config.h"
#include "st_pragmas.h"
#include "st_widths.h"

#if defined(QCC_HLS_VITIS)
#include <ap_int.h>
#include <hls_stream.h>
namespace st {
template <int BITS> using signed_word = ap_int<BITS>;
template <int BITS> using unsigned_word = ap_uint<BITS>;
template <class Word> using channel = hls::stream<Word>;
/* BANKS memories of DEPTH words each. */
template <class Word, int BANKS, int DEPTH> struct banks {
    Word bank[BANKS][DEPTH];
    banks()
    {
        ST_PARTITION(bank, 1)
    }
    Word *operator[](int index)
    {
        ST_INLINE_FUNCTION
        return bank[index];
    }
};
}
#elif defined(QCC_HLS_CATAPULT)
/* ac_bank_array.h wants these. */
#include <cassert>
#include <cstddef>

#include <ac_bank_array.h>
#include <ac_channel.h>
#include <ac_int.h>
namespace st {
template <int BITS> using signed_word = ac_int<BITS, true>;
template <int BITS> using unsigned_word = ac_int<BITS, false>;
template <class Word> using channel = ac_channel<Word>;
template <class Word, int BANKS, int DEPTH> using banks = ac_bank_array_2D<Word, BANKS, DEPTH>;
}
#else
#error "the kernels are for synthesis: define QCC_HLS_VITIS or QCC_HLS_CATAPULT"
#endif

namespace st {

constexpr int larger(int a, int b) { return a > b ? a : b; }
constexpr int smaller(int a, int b) { return a < b ? a : b; }
constexpr int quotient_up(int dividend, int divisor) { return (dividend + divisor - 1) / divisor; }
constexpr int power_of_two(int least) { return least <= 1 ? 1 : 2 * power_of_two((least + 1) / 2); }

/* What the bus moves in a cycle. */
constexpr int beat_bits = 8 * ST_BUS_BYTES;
/* Accumulators that are requantized in a cycle. */
constexpr int requantizers = ST_REQUANTIZERS;
static_assert(power_of_two(ST_BUS_BYTES) == ST_BUS_BYTES && ST_BUS_BYTES >= 8, "a bus of 8, 16, 32 ... bytes");
static_assert(power_of_two(requantizers) == requantizers, "a power of two of requantizers");

typedef unsigned_word<beat_bits> beat;
/* Two ports of a multiplier. */
typedef unsigned_word<16> port;
/* Sums wrap around in it; the accumulators that they end in fit. */
typedef signed_word<ST_ACCUMULATOR_WIDTH> accumulator;
typedef signed_word<ST_MULTIPLIER_WIDTH> multiplier;
typedef signed_word<ST_ADDEND_WIDTH> addend;
typedef unsigned_word<7> shift;
constexpr int scaled_bits = larger(ST_ACCUMULATOR_WIDTH + ST_MULTIPLIER_WIDTH, ST_ADDEND_WIDTH) + 1;
typedef signed_word<scaled_bits> scaled;
typedef signed_word<ST_CODE_WIDTH> code;

/* What a channel's accumulators start from, and what makes codes of them. */
struct constants {
    accumulator initial;
    st::multiplier multiplier;
    st::addend addend;
    st::shift shift;
    bool even;
    code offset;
};

}

#endif
