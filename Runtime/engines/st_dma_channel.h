/* One DMA channel, included once per type of a feature map's codes: ST_CODE the type, ST_DMA(name) the functions' names. */

/* `count` codes, one operand per lane, packed `lanes` to a word. */
static ST_SPECIALIZE void ST_DMA(pack)(const ST_CODE codes[], int count, int limb, int lanes, uint16_t words[])
{
    for (int word = 0; word < ST_MOST_WORDS; ++word) {
        uint16_t packed = 0;
        if (word * lanes >= count) {
            break;
        }
        for (int lane = 0; lane < ST_LANES; ++lane) {
            const int index = word * lanes + lane;
            if (lane >= lanes || index >= count) {
                break;
            }
            /* A code of up to 16 bits is its only digit. */
            const int32_t operand = sizeof(ST_CODE) <= 2 ? (int32_t)codes[index] : st_limb(codes[index], limb);
            packed = (uint16_t)(packed | st_place(operand, lane, lanes));
        }
        words[word] = packed;
    }
}

static inline void ST_DMA(pack_by_mode)(const ST_CODE codes[], int count, int limb, st_mode mode, uint16_t words[])
{
    switch (st_lanes(mode)) {
    case 4:
        ST_DMA(pack)(codes, count, limb, 4, words);
        break;
    case 2:
        ST_DMA(pack)(codes, count, limb, 2, words);
        break;
    default:
        ST_DMA(pack)(codes, count, limb, 1, words);
        break;
    }
}

/* Where in the map output pixel `pixel` of a run's layer reads. */
static inline int ST_DMA(run_source)(const st_run *run, int pixel)
{
    const int row = pixel / run->output_columns * run->stride_rows;
    const int column = pixel % run->output_columns * run->stride_columns;
    return (row * run->map_columns + column) * run->map_channels + run->first_channel;
}

#if ST_USES_CONV2D
void ST_DMA(st_conv2d_load)(const ST_CODE map[], const st_window *window, st_mode mode)
{
    uint16_t border[ST_CONV2D_INPUT_CHANNELS] = {0};
    const int lanes = st_lanes(mode);
    const int words = (window->channels + lanes - 1) / lanes;
    for (int channel = 0; channel < ST_CONV2D_INPUT_CHANNELS; ++channel) {
        if (channel >= window->channels) {
            break;
        }
        const uint16_t operand = st_place(st_limb(window->padding, window->limb), channel % lanes, lanes);
        border[channel / lanes] = (uint16_t)(border[channel / lanes] | operand);
    }
    for (int r = 0; r < ST_CONV2D_INPUT_ROWS; ++r) {
        const int row = window->rows.first + r * window->rows.step;
        if (r >= window->rows.count) {
            break;
        }
        for (int c = 0; c < ST_CONV2D_INPUT_COLUMNS; ++c) {
            const int column = window->columns.first + c * window->columns.step;
            if (c >= window->columns.count) {
                break;
            }
            if (row < 0 || row >= window->map_rows || column < 0 || column >= window->map_columns) {
                for (int word = 0; word < ST_CONV2D_INPUT_CHANNELS; ++word) {
                    if (word >= words) {
                        break;
                    }
                    st_conv2d_input[r][c][word] = border[word];
                }
            } else {
                const int pixel = (row * window->map_columns + column) * window->map_channels;
                ST_DMA(pack_by_mode)(
                    map + pixel + window->first_channel, window->channels, window->limb, mode, st_conv2d_input[r][c]);
            }
        }
    }
}

void ST_DMA(st_conv2d_load_run)(const ST_CODE map[], const st_run *run, st_mode mode)
{
    for (int r = 0; r < ST_CONV2D_INPUT_ROWS; ++r) {
        if (r * run->width >= run->pixels) {
            break;
        }
        for (int c = 0; c < ST_CONV2D_INPUT_COLUMNS; ++c) {
            const int pixel = r * run->width + c;
            if (c >= run->width || pixel >= run->pixels) {
                break;
            }
            ST_DMA(pack_by_mode)(
                map + ST_DMA(run_source)(run, run->first_pixel + pixel), run->channels, run->limb, mode,
                st_conv2d_input[r][c]);
        }
    }
}
#endif

#if ST_USES_DWCONV
void ST_DMA(st_dwconv_load)(const ST_CODE map[], const st_window *window)
{
    const uint16_t border = st_place(st_limb(window->padding, window->limb), 0, 1);
    for (int r = 0; r < ST_DWCONV_INPUT_ROWS; ++r) {
        const int row = window->rows.first + r * window->rows.step;
        if (r >= window->rows.count) {
            break;
        }
        for (int c = 0; c < ST_DWCONV_INPUT_COLUMNS; ++c) {
            const int column = window->columns.first + c * window->columns.step;
            if (c >= window->columns.count) {
                break;
            }
            if (row < 0 || row >= window->map_rows || column < 0 || column >= window->map_columns) {
                for (int channel = 0; channel < ST_DWCONV_CHANNELS; ++channel) {
                    st_dwconv_input[r][c][channel] = border;
                }
            } else {
                const int pixel = (row * window->map_columns + column) * window->map_channels;
                ST_DMA(pack)(
                    map + pixel + window->first_channel, window->channels, window->limb, 1, st_dwconv_input[r][c]);
            }
        }
    }
}

void ST_DMA(st_dwconv_load_run)(const ST_CODE map[], const st_run *run)
{
    for (int r = 0; r < ST_DWCONV_INPUT_ROWS; ++r) {
        if (r * run->width >= run->pixels) {
            break;
        }
        for (int c = 0; c < ST_DWCONV_INPUT_COLUMNS; ++c) {
            const int pixel = r * run->width + c;
            if (c >= run->width || pixel >= run->pixels) {
                break;
            }
            ST_DMA(pack)(
                map + ST_DMA(run_source)(run, run->first_pixel + pixel), run->channels, run->limb, 1,
                st_dwconv_input[r][c]);
        }
    }
}
#endif

#if ST_USES_FC
void ST_DMA(st_fc_load)(const ST_CODE inputs[], int count, int limb, st_mode mode)
{
    ST_DMA(pack_by_mode)(inputs, count, limb, mode, st_fc_input);
}
#endif

#undef ST_CODE
#undef ST_DMA
