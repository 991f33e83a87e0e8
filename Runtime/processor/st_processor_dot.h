/* Sums of ST_SUM bits over fields of ST_BITS bits. */
#define ST_TYPE ST_JOIN3(uint, ST_SUM, _t)

/* Pair `j` of each word. */
#define ST_STEP(j)                                                        \
    {                                                                     \
        const st_pair pair = st_load_pair(window + 2 * (j));              \
        s0 = ST_DUAL(pair, ST_FIELDS(w0, j), s0);                         \
        if (outputs > 1) {                                                \
            s1 = ST_DUAL(pair, ST_FIELDS(w1, j), s1);                     \
            s2 = ST_DUAL(pair, ST_FIELDS(w2, j), s2);                     \
            s3 = ST_DUAL(pair, ST_FIELDS(w3, j), s3);                     \
        }                                                                 \
    }
#if ST_BITS == 16
#define ST_FIELDS(word, j) (word)
#define ST_DUAL ST_JOIN2(st_dual_signed, ST_SUM)
#else
#define ST_FIELDS(word, j) (((word) >> ((j) * ST_BITS)) & mask)
#define ST_DUAL ST_JOIN2(st_dual, ST_SUM)
#endif

static ST_SPECIALIZE const uint32_t *ST_JOIN4(dot, ST_BITS, _, ST_SUM)(
    const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, ST_TYPE sums[])
{
    ST_TYPE s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    const uint32_t *const end = weights + words * outputs;
#if ST_BITS < 16
    /* Keeps the fields of both halves apart. */
    const uint32_t mask = st_in_register(((1u << ST_BITS) - 1u) * 0x10001u);
#endif
    while (weights != end) {
        const uint32_t w0 = weights[0];
        const uint32_t w1 = outputs > 1 ? weights[1] : 0;
        const uint32_t w2 = outputs > 1 ? weights[2] : 0;
        const uint32_t w3 = outputs > 1 ? weights[3] : 0;
        ST_STEP(0)
#if ST_BITS <= 8
        ST_STEP(1)
#endif
#if ST_BITS <= 4
        ST_STEP(2)
        ST_STEP(3)
#endif
#if ST_BITS <= 2
        ST_STEP(4)
        ST_STEP(5)
        ST_STEP(6)
        ST_STEP(7)
#endif
#if ST_BITS <= 1
        ST_STEP(8)
        ST_STEP(9)
        ST_STEP(10)
        ST_STEP(11)
        ST_STEP(12)
        ST_STEP(13)
        ST_STEP(14)
        ST_STEP(15)
#endif
        weights += outputs;
        window += 32 / ST_BITS;
    }
    sums[0] += s0 << shift;
    if (outputs > 1) {
        sums[1] += s1 << shift;
        sums[2] += s2 << shift;
        sums[3] += s3 << shift;
    }
    return weights;
}

#if ST_FOUR && ST_SUM == 32
static const uint32_t *ST_JOIN4(four, ST_BITS, _, ST_SUM)(
    const int16_t window[], const uint32_t weights[], int words, int shift, uint32_t sums[])
{
    __m128i four = _mm_setzero_si128();
#if ST_BITS < 16
    const __m128i mask = _mm_set1_epi32((int)(((1u << ST_BITS) - 1u) * 0x10001u));
#endif
    for (int word = 0; word < words; ++word) {
        __m128i fields = _mm_loadu_si128((const __m128i *)(const void *)weights);
#if ST_BITS == 16
        four = st_dual_four(window, fields, four);
#else
        for (int pair = 0; pair < 16 / ST_BITS; ++pair) {
            four = st_dual_four(window + 2 * pair, _mm_and_si128(fields, mask), four);
            fields = _mm_srli_epi32(fields, ST_BITS);
        }
#endif
        weights += 4;
        window += 32 / ST_BITS;
    }
    four = _mm_add_epi32(_mm_loadu_si128((const __m128i *)(const void *)sums), _mm_sll_epi32(four, _mm_cvtsi32_si128(shift)));
    _mm_storeu_si128((__m128i *)(void *)sums, four);
    return weights;
}
#endif

const uint32_t *ST_JOIN4(st_dot, ST_BITS, _, ST_SUM)(
    const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, ST_TYPE sums[])
{
    if (outputs == 4) {
#if ST_FOUR && ST_SUM == 32
        return ST_JOIN4(four, ST_BITS, _, ST_SUM)(window, weights, words, shift, sums);
#else
        return ST_JOIN4(dot, ST_BITS, _, ST_SUM)(window, weights, words, 4, shift, sums);
#endif
    }
    return ST_JOIN4(dot, ST_BITS, _, ST_SUM)(window, weights, words, 1, shift, sums);
}

#undef ST_TYPE
#undef ST_STEP
#undef ST_FIELDS
#undef ST_DUAL
#undef ST_BITS
#undef ST_SUM
