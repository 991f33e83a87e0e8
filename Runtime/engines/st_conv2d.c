/* The 2DConv engine. Sixteen multipliers, one per output channel, share an activation word; a word sums up to four input
 * channels. */
#include "st_arithmetic.h"
#include "st_memories.h"
#include "st_weights.h"

#if ST_USES_CONV2D

uint16_t st_conv2d_input[ST_CONV2D_INPUT_ROWS][ST_CONV2D_INPUT_COLUMNS][ST_CONV2D_INPUT_CHANNELS];
uint16_t st_conv2d_kernel[ST_CONV2D_KERNEL_ROWS][ST_CONV2D_KERNEL_COLUMNS][ST_CONV2D_INPUT_CHANNELS]
                         [ST_CONV2D_OUTPUT_CHANNELS];
st_accumulator st_conv2d_output[ST_CONV2D_OUTPUT_ROWS][ST_CONV2D_OUTPUT_COLUMNS][ST_CONV2D_OUTPUT_CHANNELS];

#if ST_USES_SUMS_32
#define ST_SUM uint32_t
#define ST_SIGNED st_signed32
#define ST_CORE st_conv2d_core32
#define ST_RUN st_conv2d_run32
#include "st_conv2d_core.h"
#endif

#if ST_USES_SUMS_64
#define ST_SUM uint64_t
#define ST_SIGNED st_signed64
#define ST_CORE st_conv2d_core64
#define ST_RUN st_conv2d_run64
#include "st_conv2d_core.h"
#endif

void st_conv2d_begin(int rows, int columns, const st_accumulator initial[], int outputs)
{
    const int given = initial ? outputs : 0;
    for (int r = 0; r < ST_CONV2D_OUTPUT_ROWS; ++r) {
        if (r >= rows) {
            break;
        }
        for (int c = 0; c < ST_CONV2D_OUTPUT_COLUMNS; ++c) {
            if (c >= columns) {
                break;
            }
            for (int o = 0; o < ST_CONV2D_OUTPUT_CHANNELS; ++o) {
                st_conv2d_output[r][c][o] = o < given ? initial[o] : 0;
            }
        }
    }
}

static ST_SPECIALIZE void unpack(
    const uint16_t weights[], int kernel_rows, int kernel_columns, int inputs, int outputs, int bits, int lanes)
{
    st_fields fields = {weights, 0, 0};
    for (int kr = 0; kr < ST_CONV2D_KERNEL_ROWS; ++kr) {
        if (kr >= kernel_rows) {
            break;
        }
        for (int kc = 0; kc < ST_CONV2D_KERNEL_COLUMNS; ++kc) {
            if (kc >= kernel_columns) {
                break;
            }
            for (int word = 0; word < ST_CONV2D_INPUT_CHANNELS; ++word) {
                const int left = inputs - word * lanes;
                if (left <= 0) {
                    break;
                }
                for (int o = 0; o < ST_CONV2D_OUTPUT_CHANNELS; ++o) {
                    st_conv2d_kernel[kr][kc][word][o] = o < outputs ? st_weight_word(&fields, left, bits, lanes) : 0u;
                }
            }
        }
    }
}

void st_conv2d_weights(
    const uint16_t weights[], int kernel_rows, int kernel_columns, int inputs, int outputs, int bits, st_mode mode)
{
#define UNPACK(lanes) unpack(weights, kernel_rows, kernel_columns, inputs, outputs, bits, lanes)
    ST_UNPACK(mode, UNPACK)
#undef UNPACK
}

void st_conv2d_run(const st_pass *pass)
{
#if ST_USES_SUMS_64
    /* Products of higher limbs are multiples of 2^64. */
    if (pass->wide && pass->shift < 64) {
        st_conv2d_run64(pass);
    }
#endif
#if ST_USES_SUMS_32
    if (!pass->wide) {
        st_conv2d_run32(pass);
    }
#endif
}

#endif
