/* The loops of the DWConv engine over sums of type ST_SUM: st_dwconv_core32, st_dwconv_core64. */
static ST_SPECIALIZE void ST_CORE(const st_pass *pass, st_mode mode)
{
    const int lanes = st_lanes(mode);
    const int taps = pass->kernel_rows * pass->kernel_columns;
    /* Where the taps read, relative to a pixel's first one. */
    int tap_row[ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS];
    int tap_column[ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS];
    for (int kr = 0; kr < ST_DWCONV_KERNEL_ROWS; ++kr) {
        if (kr >= pass->kernel_rows) {
            break;
        }
        for (int kc = 0; kc < ST_DWCONV_KERNEL_COLUMNS; ++kc) {
            if (kc >= pass->kernel_columns) {
                break;
            }
            tap_row[kr * pass->kernel_columns + kc] = kr * pass->dilation_rows;
            tap_column[kr * pass->kernel_columns + kc] = kc * pass->dilation_columns;
        }
    }
    for (int r = 0; r < ST_DWCONV_OUTPUT_ROWS; ++r) {
        if (r >= pass->rows) {
            break;
        }
        for (int c = 0; c < ST_DWCONV_OUTPUT_COLUMNS; ++c) {
            if (c >= pass->columns) {
                break;
            }
            ST_SUM sums[ST_DWCONV_CHANNELS] = {0};
            for (int word = 0; word < ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS; ++word) {
                if (word * lanes >= taps) {
                    break;
                }
                uint16_t activations[ST_DWCONV_CHANNELS] = {0};
                /* Taps side by side on the activation ports. */
                for (int lane = 0; lane < ST_LANES; ++lane) {
                    const int tap = word * lanes + lane;
                    if (lane >= lanes || tap >= taps) {
                        break;
                    }
                    const uint16_t *const pixel =
                        st_dwconv_input[r * pass->stride_rows + tap_row[tap]]
                                       [c * pass->stride_columns + tap_column[tap]];
                    for (int o = 0; o < ST_DWCONV_CHANNELS; ++o) {
                        activations[o] = (uint16_t)(activations[o] | st_place(pixel[o], lane, lanes));
                    }
                }
                for (int o = 0; o < ST_DWCONV_CHANNELS; ++o) {
                    sums[o] += (ST_SUM)st_mac(activations[o], st_dwconv_kernel[word][o], mode);
                }
            }
            for (int o = 0; o < ST_DWCONV_CHANNELS; ++o) {
                st_accumulator *const sum = &st_dwconv_output[r][c][o];
                *sum = (st_accumulator)ST_SIGNED((ST_SUM)*sum + (sums[o] << pass->shift));
            }
        }
    }
}

static void ST_RUN(const st_pass *pass)
{
    switch (pass->mode) {
    case ST_16X16:
    case ST_16X8:
#if ST_USES_LANES_1
        ST_CORE(pass, ST_16X16);
#endif
        break;
    case ST_8X8:
    case ST_8X4:
#if ST_USES_LANES_2
        ST_CORE(pass, ST_8X8);
#endif
        break;
    case ST_4X4:
#if ST_USES_LANES_4
        ST_CORE(pass, ST_4X4);
#endif
        break;
    }
}

#undef ST_SUM
#undef ST_SIGNED
#undef ST_CORE
#undef ST_RUN
