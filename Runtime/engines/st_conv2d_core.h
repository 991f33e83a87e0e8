/* The loops of the 2DConv engine over sums of type ST_SUM: st_conv2d_core32, st_conv2d_core64. Sums wrap around; the
 * accumulator they end in is known to fit. */
static ST_SPECIALIZE void ST_CORE(const st_pass *pass, st_mode mode)
{
    const int words = (pass->channels + st_lanes(mode) - 1) / st_lanes(mode);
    for (int r = 0; r < ST_CONV2D_OUTPUT_ROWS; ++r) {
        if (r >= pass->rows) {
            break;
        }
        for (int c = 0; c < ST_CONV2D_OUTPUT_COLUMNS; ++c) {
            if (c >= pass->columns) {
                break;
            }
            ST_SUM sums[ST_CONV2D_OUTPUT_CHANNELS] = {0};
            for (int kr = 0; kr < ST_CONV2D_KERNEL_ROWS; ++kr) {
                const int row = r * pass->stride_rows + kr * pass->dilation_rows;
                if (kr >= pass->kernel_rows) {
                    break;
                }
                for (int kc = 0; kc < ST_CONV2D_KERNEL_COLUMNS; ++kc) {
                    const int column = c * pass->stride_columns + kc * pass->dilation_columns;
                    if (kc >= pass->kernel_columns) {
                        break;
                    }
                    for (int word = 0; word < ST_CONV2D_INPUT_CHANNELS; ++word) {
                        if (word >= words) {
                            break;
                        }
                        const uint16_t activations = st_conv2d_input[row][column][word];
                        for (int o = 0; o < ST_CONV2D_OUTPUT_CHANNELS; ++o) {
                            sums[o] += (ST_SUM)st_mac(activations, st_conv2d_kernel[kr][kc][word][o], mode);
                        }
                    }
                }
            }
            for (int o = 0; o < ST_CONV2D_OUTPUT_CHANNELS; ++o) {
                st_accumulator *const sum = &st_conv2d_output[r][c][o];
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
