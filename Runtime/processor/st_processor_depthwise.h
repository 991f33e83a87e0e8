/* Depthwise convolutions of codes of ST_BITS bits with weights of ST_WEIGHT bits, in sums of ST_SUM bits. */
#define ST_CODE ST_JOIN3(int, ST_BITS, _t)
#define ST_OPERAND ST_JOIN3(int, ST_WEIGHT, _t)
#define ST_TYPE ST_JOIN3(uint, ST_SUM, _t)

void ST_JOIN6(st_depthwise, ST_BITS, x, ST_WEIGHT, _, ST_SUM)(
    const ST_CODE *const taps[], const ST_OPERAND weights[], int count, int channels, ST_TYPE sums[])
{
    int channel = 0;
    for (; channel + 4 <= channels; channel += 4) {
        ST_TYPE s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        const ST_OPERAND *w = weights + channel;
        for (int tap = 0; tap < count; ++tap) {
            const ST_CODE *const codes = taps[tap] + channel;
            s0 += (ST_TYPE)((int32_t)codes[0] * w[0]);
            s1 += (ST_TYPE)((int32_t)codes[1] * w[1]);
            s2 += (ST_TYPE)((int32_t)codes[2] * w[2]);
            s3 += (ST_TYPE)((int32_t)codes[3] * w[3]);
            w += channels;
        }
        sums[channel] = s0;
        sums[channel + 1] = s1;
        sums[channel + 2] = s2;
        sums[channel + 3] = s3;
    }
    for (; channel < channels; ++channel) {
        ST_TYPE sum = 0;
        for (int tap = 0; tap < count; ++tap) {
            sum += (ST_TYPE)((int32_t)taps[tap][channel] * weights[tap * channels + channel]);
        }
        sums[channel] = sum;
    }
}

#undef ST_CODE
#undef ST_OPERAND
#undef ST_TYPE
#undef ST_BITS
#undef ST_WEIGHT
#undef ST_SUM
