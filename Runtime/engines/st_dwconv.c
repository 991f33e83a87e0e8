/* The DWConv engine. Sixteen multipliers, one per channel; a word sums up to four taps of the channel's kernel. */
#include "st_arithmetic.h"
#include "st_memories.h"
#include "st_weights.h"

#if ST_USES_DWCONV

uint16_t st_dwconv_input[ST_DWCONV_INPUT_ROWS][ST_DWCONV_INPUT_COLUMNS][ST_DWCONV_CHANNELS];
uint16_t st_dwconv_kernel[ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS][ST_DWCONV_CHANNELS];
st_accumulator st_dwconv_output[ST_DWCONV_OUTPUT_ROWS][ST_DWCONV_OUTPUT_COLUMNS][ST_DWCONV_CHANNELS];

#if ST_USES_SUMS_32
#define ST_SUM uint32_t
#define ST_SIGNED st_signed32
#define ST_CORE st_dwconv_core32
#define ST_RUN st_dwconv_run32
#include "st_dwconv_core.h"
#endif

#if ST_USES_SUMS_64
#define ST_SUM uint64_t
#define ST_SIGNED st_signed64
#define ST_CORE st_dwconv_core64
#define ST_RUN st_dwconv_run64
#include "st_dwconv_core.h"
#endif

void st_dwconv_begin(int rows, int columns, const st_accumulator initial[], int stride, int channels)
{
    const int given = initial ? channels : 0;
    for (int r = 0; r < ST_DWCONV_OUTPUT_ROWS; ++r) {
        if (r >= rows) {
            break;
        }
        for (int c = 0; c < ST_DWCONV_OUTPUT_COLUMNS; ++c) {
            if (c >= columns) {
                break;
            }
            for (int o = 0; o < ST_DWCONV_CHANNELS; ++o) {
                st_dwconv_output[r][c][o] = o < given ? initial[o * stride] : 0;
            }
        }
    }
}

static ST_SPECIALIZE void unpack(const uint16_t weights[], int taps, int channels, int bits, int lanes)
{
    st_fields fields = {weights, 0, 0};
    for (int word = 0; word < ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS; ++word) {
        const int left = taps - word * lanes;
        if (left <= 0) {
            break;
        }
        for (int o = 0; o < ST_DWCONV_CHANNELS; ++o) {
            st_dwconv_kernel[word][o] = o < channels ? st_weight_word(&fields, left, bits, lanes) : 0u;
        }
    }
}

void st_dwconv_weights(const uint16_t weights[], int taps, int channels, int bits, st_mode mode)
{
#define UNPACK(lanes) unpack(weights, taps, channels, bits, lanes)
    ST_UNPACK(mode, UNPACK)
#undef UNPACK
}

void st_dwconv_run(const st_pass *pass)
{
#if ST_USES_SUMS_64
    /* Products of higher limbs are multiples of 2^64. */
    if (pass->wide && pass->shift < 64) {
        st_dwconv_run64(pass);
    }
#endif
#if ST_USES_SUMS_32
    if (!pass->wide) {
        st_dwconv_run32(pass);
    }
#endif
}

#endif
