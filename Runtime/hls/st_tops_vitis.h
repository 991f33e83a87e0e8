/* See st_tops_vitis.cpp. `channels` are those of the tile's outputs, `inputs` and `weights` the operands as st_kernel_tile.h says, in
 * beats of the bus; where the tile loads nothing they are not read. */
#ifndef ST_TOPS_VITIS_H
#define ST_TOPS_VITIS_H

#include "st_kernel_tile.h"
#include "st_types.h"

void st_conv2d_top(
    st_kernel_tile tile, const st_kernel_channel *channels, const st::beat *inputs, const st::beat *weights, st::beat *outputs);
void st_dwconv_top(
    st_kernel_tile tile, const st_kernel_channel *channels, const st::beat *inputs, const st::beat *weights, st::beat *outputs);
void st_fc_top(
    st_kernel_tile tile, const st_kernel_channel *channels, const st::beat *inputs, const st::beat *weights, st::beat *outputs);

#endif
