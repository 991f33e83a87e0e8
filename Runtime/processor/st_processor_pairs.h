/* Pairs of 16-bit operands, and sums of two products. */
#ifndef ST_PROCESSOR_PAIRS_H
#define ST_PROCESSOR_PAIRS_H

#include <stdint.h>

/* Define ST_PORTABLE for plain C99 on any processor.
 *
 * SSE2 has the four outputs' words side by side in a register. */
#if defined(__SSE2__) && !defined(ST_PORTABLE)
#include <emmintrin.h>
#include <string.h>
#define ST_FOUR 1

/* Sums of four outputs, as many lanes of 32 bits. */
static inline __m128i st_dual_four(const int16_t operands[], __m128i fields, __m128i sums)
{
    int32_t pair;
    memcpy(&pair, operands, sizeof pair);
    return _mm_add_epi32(sums, _mm_madd_epi16(_mm_set1_epi32(pair), fields));
}
#else
#define ST_FOUR 0
#endif

/* Processors with two multipliers of 16 bits sum both products in one instruction. */
#if defined(__ARM_FEATURE_DSP) && defined(__ARMEL__) && !defined(ST_PORTABLE)
#include <arm_acle.h>
#include <string.h>

typedef int32_t st_pair;

static inline st_pair st_load_pair(const int16_t operands[])
{
    st_pair pair;
    memcpy(&pair, operands, sizeof pair);
    return pair;
}

static inline uint32_t st_dual32(st_pair pair, uint32_t fields, uint32_t sum)
{
    return (uint32_t)__smlad((int16x2_t)pair, (int16x2_t)fields, (int32_t)sum);
}

static inline uint64_t st_dual64(st_pair pair, uint32_t fields, uint64_t sum)
{
    return (uint64_t)__smlald((int16x2_t)pair, (int16x2_t)fields, (int64_t)sum);
}

/* Shifting and masking are one instruction where the mask is no immediate operand. */
static inline uint32_t st_in_register(uint32_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

#define st_dual_signed32 st_dual32
#define st_dual_signed64 st_dual64
#else
typedef struct {
    int32_t even, odd;
} st_pair;

static inline st_pair st_load_pair(const int16_t operands[])
{
    const st_pair pair = {operands[0], operands[1]};
    return pair;
}

/* Fields of at most 8 bits, which are not negative. */
static inline uint32_t st_dual32(st_pair pair, uint32_t fields, uint32_t sum)
{
    return sum + (uint32_t)(pair.even * (int32_t)(fields & 0xffffu)) + (uint32_t)(pair.odd * (int32_t)(fields >> 16));
}

static inline uint64_t st_dual64(st_pair pair, uint32_t fields, uint64_t sum)
{
    return sum + (uint64_t)(int64_t)(pair.even * (int32_t)(fields & 0xffffu)) +
           (uint64_t)(int64_t)(pair.odd * (int32_t)(fields >> 16));
}

static inline uint32_t st_in_register(uint32_t mask)
{
    return mask;
}

/* The signed number in the low 16 bits. */
static inline int32_t st_low_half(uint32_t fields)
{
    return (int32_t)((fields & 0xffffu) ^ 0x8000u) - 0x8000;
}

static inline uint32_t st_dual_signed32(st_pair pair, uint32_t fields, uint32_t sum)
{
    return sum + (uint32_t)(pair.even * st_low_half(fields)) + (uint32_t)(pair.odd * st_low_half(fields >> 16));
}

static inline uint64_t st_dual_signed64(st_pair pair, uint32_t fields, uint64_t sum)
{
    return sum + (uint64_t)(int64_t)(pair.even * st_low_half(fields)) +
           (uint64_t)(int64_t)(pair.odd * st_low_half(fields >> 16));
}
#endif

#endif
