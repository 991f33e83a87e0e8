/* The engines' input and weight memories, shared by the DMA and the engines. */
#ifndef ST_MEMORIES_H
#define ST_MEMORIES_H

#include "st_engine.h"

extern uint16_t st_conv2d_input[ST_CONV2D_INPUT_ROWS][ST_CONV2D_INPUT_COLUMNS][ST_CONV2D_INPUT_CHANNELS];
extern uint16_t st_conv2d_kernel[ST_CONV2D_KERNEL_ROWS][ST_CONV2D_KERNEL_COLUMNS][ST_CONV2D_INPUT_CHANNELS]
                                [ST_CONV2D_OUTPUT_CHANNELS];
extern uint16_t st_dwconv_input[ST_DWCONV_INPUT_ROWS][ST_DWCONV_INPUT_COLUMNS][ST_DWCONV_CHANNELS];
extern uint16_t st_dwconv_kernel[ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS][ST_DWCONV_CHANNELS];
extern uint16_t st_fc_input[ST_FC_INPUTS];
extern uint16_t st_fc_kernel[ST_FC_INPUTS][ST_FC_OUTPUTS];

#endif
