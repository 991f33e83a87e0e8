/* Sizes of the accelerator's memories, in 16-bit words and accumulators. A compiled project brings its own copy of this
 * file, written for its target; these are the sizes of the `stmac` target. */
#ifndef ST_CONFIG_H
#define ST_CONFIG_H

#define ST_CONV2D_INPUT_ROWS 18
#define ST_CONV2D_INPUT_COLUMNS 18
#define ST_CONV2D_INPUT_CHANNELS 16
#define ST_CONV2D_OUTPUT_ROWS 18
#define ST_CONV2D_OUTPUT_COLUMNS 18
#define ST_CONV2D_OUTPUT_CHANNELS 16
#define ST_CONV2D_KERNEL_ROWS 7
#define ST_CONV2D_KERNEL_COLUMNS 7
#define ST_CONV2D_MULTIPLIERS 16

#define ST_DWCONV_INPUT_ROWS 22
#define ST_DWCONV_INPUT_COLUMNS 22
#define ST_DWCONV_OUTPUT_ROWS 22
#define ST_DWCONV_OUTPUT_COLUMNS 22
#define ST_DWCONV_CHANNELS 16
#define ST_DWCONV_KERNEL_ROWS 5
#define ST_DWCONV_KERNEL_COLUMNS 5
#define ST_DWCONV_MULTIPLIERS 16

#define ST_FC_INPUTS 256
#define ST_FC_OUTPUTS 16
#define ST_FC_MULTIPLIERS 16

/* What the bus moves, and how many accumulators are requantized, in a cycle. */
#define ST_BUS_BYTES 8
#define ST_REQUANTIZERS 4

/* 32 where every accumulator of the network fits, else 64. */
#define ST_ACCUMULATOR_BITS 64

/* 16 where every extent and number of slices fits, else 32. */
#define ST_EXTENT_BITS 16

/* 32 where every multiplier of a requantization fits, else 64. */
#define ST_MULTIPLIER_BITS 64

/* What the network uses: engines, sums of 32 and 64 bits, products per multiplication, widths of what is read and of what is
 * written, ways from accumulators to codes. */
#define ST_USES_CONV2D 1
#define ST_USES_DWCONV 1
#define ST_USES_FC 1
#define ST_USES_SUMS_32 1
#define ST_USES_SUMS_64 1
#define ST_USES_LANES_1 1
#define ST_USES_LANES_2 1
#define ST_USES_LANES_4 1
#define ST_USES_CODES_8 1
#define ST_USES_CODES_16 1
#define ST_USES_CODES_32 1
#define ST_USES_CODES_64 1
#define ST_USES_OUTPUTS_8 1
#define ST_USES_OUTPUTS_16 1
#define ST_USES_OUTPUTS_32 1
#define ST_USES_OUTPUTS_64 1
#define ST_USES_ACCUMULATORS 1
#define ST_USES_UPPER_WORD 1
#define ST_USES_FLOOR 1
#define ST_USES_ONE_WORD 1
#define ST_USES_TWO_WORDS 1
#define ST_USES_THRESHOLDS 1

#endif
