/* The loops of the FC engine over sums of type ST_SUM: st_fc_core32, st_fc_core64. */
static ST_SPECIALIZE void ST_CORE(int words, st_mode mode, int shift)
{
    ST_SUM sums[ST_FC_OUTPUTS] = {0};
    for (int word = 0; word < ST_FC_INPUTS; ++word) {
        if (word >= words) {
            break;
        }
        for (int o = 0; o < ST_FC_OUTPUTS; ++o) {
            sums[o] += (ST_SUM)st_mac(st_fc_input[word], st_fc_kernel[word][o], mode);
        }
    }
    for (int o = 0; o < ST_FC_OUTPUTS; ++o) {
        st_fc_output[o] = (st_accumulator)ST_SIGNED((ST_SUM)st_fc_output[o] + (sums[o] << shift));
    }
}

static void ST_RUN(int words, st_mode mode, int shift)
{
    switch (mode) {
    case ST_16X16:
    case ST_16X8:
#if ST_USES_LANES_1
        ST_CORE(words, ST_16X16, shift);
#endif
        break;
    case ST_8X8:
    case ST_8X4:
#if ST_USES_LANES_2
        ST_CORE(words, ST_8X8, shift);
#endif
        break;
    case ST_4X4:
#if ST_USES_LANES_4
        ST_CORE(words, ST_4X4, shift);
#endif
        break;
    }
}

#undef ST_SUM
#undef ST_SIGNED
#undef ST_CORE
#undef ST_RUN
