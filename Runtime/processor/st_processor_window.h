/* Windows of feature maps whose codes have ST_BITS bits. */
#define ST_CODE ST_JOIN3(int, ST_BITS, _t)

void ST_JOIN2(st_window, ST_BITS)(const ST_CODE map[], const st_view *view, int row, int column, int16_t window[])
{
    for (int kr = 0; kr < view->kernel_rows; ++kr) {
        const int r = row + kr * view->dilation_rows;
        for (int kc = 0; kc < view->kernel_columns; ++kc) {
            const int c = column + kc * view->dilation_columns;
            if (r >= 0 && r < view->map_rows && c >= 0 && c < view->map_columns) {
                const ST_CODE *const codes = map + (r * view->map_columns + c) * view->map_channels + view->first_channel;
                for (int i = 0; i < view->channels; ++i) {
                    window[i] = codes[i];
                }
            } else {
                for (int i = 0; i < view->channels; ++i) {
                    window[i] = (int16_t)view->padding;
                }
            }
            window += view->channels;
        }
    }
}

#undef ST_CODE
#undef ST_BITS
