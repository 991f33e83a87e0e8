/* See st_tops_catapult.cpp. With every tile come the constants of as many channels as a tile has at most. */
#ifndef ST_TOPS_CATAPULT_H
#define ST_TOPS_CATAPULT_H

#include "st_kernel_tile.h"
#include "st_types.h"

void st_conv2d_top(
    st::channel<st_kernel_tile> &tiles, st::channel<st_kernel_channel> &channels, st::channel<st::beat> &inputs,
    st::channel<st::beat> &weights, st::channel<st::beat> &outputs);
void st_dwconv_top(
    st::channel<st_kernel_tile> &tiles, st::channel<st_kernel_channel> &channels, st::channel<st::beat> &inputs,
    st::channel<st::beat> &weights, st::channel<st::beat> &outputs);
void st_fc_top(
    st::channel<st_kernel_tile> &tiles, st::channel<st_kernel_channel> &channels, st::channel<st::beat> &inputs,
    st::channel<st::beat> &weights, st::channel<st::beat> &outputs);

#endif
