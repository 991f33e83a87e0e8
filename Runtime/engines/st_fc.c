/* The FC engine. Sixteen multipliers, one per output, share an activation word that holds up to four inputs. */
#include "st_arithmetic.h"
#include "st_memories.h"
#include "st_weights.h"

#if ST_USES_FC

uint16_t st_fc_input[ST_FC_INPUTS];
uint16_t st_fc_kernel[ST_FC_INPUTS][ST_FC_OUTPUTS];
st_accumulator st_fc_output[ST_FC_OUTPUTS];

#if ST_USES_SUMS_32
#define ST_SUM uint32_t
#define ST_SIGNED st_signed32
#define ST_CORE st_fc_core32
#define ST_RUN st_fc_run32
#include "st_fc_core.h"
#endif

#if ST_USES_SUMS_64
#define ST_SUM uint64_t
#define ST_SIGNED st_signed64
#define ST_CORE st_fc_core64
#define ST_RUN st_fc_run64
#include "st_fc_core.h"
#endif

void st_fc_begin(const st_accumulator initial[], int outputs)
{
    const int given = initial ? outputs : 0;
    for (int o = 0; o < ST_FC_OUTPUTS; ++o) {
        st_fc_output[o] = o < given ? initial[o] : 0;
    }
}

static ST_SPECIALIZE void unpack(const uint16_t weights[], int inputs, int outputs, int bits, int lanes)
{
    st_fields fields = {weights, 0, 0};
    for (int word = 0; word < ST_FC_INPUTS; ++word) {
        const int left = inputs - word * lanes;
        if (left <= 0) {
            break;
        }
        for (int o = 0; o < ST_FC_OUTPUTS; ++o) {
            st_fc_kernel[word][o] = o < outputs ? st_weight_word(&fields, left, bits, lanes) : 0u;
        }
    }
}

void st_fc_weights(const uint16_t weights[], int inputs, int outputs, int bits, st_mode mode)
{
#define UNPACK(lanes) unpack(weights, inputs, outputs, bits, lanes)
    ST_UNPACK(mode, UNPACK)
#undef UNPACK
}

void st_fc_run(int words, st_mode mode, int wide, int shift)
{
#if ST_USES_SUMS_64
    /* Products of higher limbs are multiples of 2^64. */
    if (wide && shift < 64) {
        st_fc_run64(words, mode, shift);
    }
#endif
#if ST_USES_SUMS_32
    if (!wide) {
        st_fc_run32(words, mode, shift);
    }
#endif
}

#endif
