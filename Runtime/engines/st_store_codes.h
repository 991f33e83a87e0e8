/* Codes of one pixel, included once per width of a feature map's codes: ST_CODE the unsigned type, to which C99 defines every
 * conversion, ST_STORE(name) the function's name. */
static void ST_STORE(store)(
    const st_requantization *requantization, const st_tile *tile, const st_channels *channels,
    const st_accumulator accumulators[], ST_CODE codes[])
{
    const int outputs = tile->outputs, step = tile->step;
    /* Where accumulators are the codes nothing reads them. */
    (void)channels;
    switch (requantization->form) {
    case ST_ACCUMULATORS:
#if ST_USES_ACCUMULATORS
        ST_LOOP_PIPELINE
        for (int o = 0; o < ST_MOST_OUTPUTS; ++o) {
            ST_BODY_PIPELINE
            if (o >= outputs) {
                break;
            }
            codes[o * step] = (ST_CODE)accumulators[o];
        }
#endif
        break;
    case ST_UPPER_WORD: {
#if ST_USES_UPPER_WORD
        const int32_t lowest = (int32_t)requantization->lowest, highest = (int32_t)requantization->highest;
        ST_LOOP_PIPELINE
        for (int o = 0; o < ST_MOST_OUTPUTS; ++o) {
            ST_BODY_PIPELINE
            if (o >= outputs) {
                break;
            }
            codes[o * step] = (ST_CODE)st_clamp32(
                st_requantize_upper((int32_t)accumulators[o], (int32_t)channels->of[ST_MULTIPLIER][o], channels->of[ST_ADDEND][o]),
                lowest, highest);
        }
#endif
        break;
    }
    case ST_FLOOR: {
#if ST_USES_FLOOR
        const int64_t lowest = requantization->lowest, highest = requantization->highest;
        ST_LOOP_PIPELINE
        for (int o = 0; o < ST_MOST_OUTPUTS; ++o) {
            ST_BODY_PIPELINE
            int64_t code;
            if (o >= outputs) {
                break;
            }
            code = st_requantize(
                accumulators[o], (st_multiplier)channels->of[ST_MULTIPLIER][o], channels->of[ST_ADDEND][o],
                (unsigned)channels->of[ST_SHIFT][o]);
            codes[o * step] = (ST_CODE)st_clamp(code, lowest, highest);
        }
#endif
        break;
    }
    case ST_ONE_WORD: {
#if ST_USES_ONE_WORD
        const int64_t lowest = requantization->lowest, highest = requantization->highest;
        ST_LOOP_PIPELINE
        for (int o = 0; o < ST_MOST_OUTPUTS; ++o) {
            ST_BODY_PIPELINE
            int64_t code;
            if (o >= outputs) {
                break;
            }
            if ((int)channels->of[ST_EVEN][o]) {
                code = st_requantize_even(
                    accumulators[o], (st_multiplier)channels->of[ST_MULTIPLIER][o], channels->of[ST_ADDEND][o],
                    (unsigned)channels->of[ST_SHIFT][o]);
            } else {
                code = st_requantize(
                    accumulators[o], (st_multiplier)channels->of[ST_MULTIPLIER][o], channels->of[ST_ADDEND][o],
                    (unsigned)channels->of[ST_SHIFT][o]);
            }
            codes[o * step] = (ST_CODE)st_clamp(code + channels->of[ST_OFFSET][o], lowest, highest);
        }
#endif
        break;
    }
    case ST_TWO_WORDS: {
#if ST_USES_TWO_WORDS
        const int64_t lowest = requantization->lowest, highest = requantization->highest;
        ST_LOOP_PIPELINE
        for (int o = 0; o < ST_MOST_OUTPUTS; ++o) {
            ST_BODY_PIPELINE
            int64_t code;
            if (o >= outputs) {
                break;
            }
            code = st_requantize_wide(
                accumulators[o], (st_multiplier)channels->of[ST_MULTIPLIER][o], channels->of[ST_ADDEND_HIGH][o], (uint64_t)channels->of[ST_ADDEND][o],
                (unsigned)channels->of[ST_SHIFT][o], (int)channels->of[ST_EVEN][o]);
            codes[o * step] = (ST_CODE)st_clamp(code + channels->of[ST_OFFSET][o], lowest, highest);
        }
#endif
        break;
    }
    case ST_THRESHOLDS:
#if ST_USES_THRESHOLDS
        ST_LOOP_PIPELINE
        for (int o = 0; o < ST_MOST_OUTPUTS; ++o) {
            ST_BODY_PIPELINE
            if (o >= outputs) {
                break;
            }
            codes[o * step] = (ST_CODE)stepped(requantization, channels, o, accumulators[o]);
        }
#endif
        break;
    }
}

#undef ST_CODE
#undef ST_STORE
