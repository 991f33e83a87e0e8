/* Bits that what the kernels for synthesis hold is proved to need, signs included: accumulators, the multipliers and addends of
 * requantizers, codes. A compiled project brings its own copy of this file, written for its network; these hold any that fits the
 * runtime. */
#ifndef ST_WIDTHS_H
#define ST_WIDTHS_H

#define ST_ACCUMULATOR_WIDTH 64
#define ST_MULTIPLIER_WIDTH 64
#define ST_ADDEND_WIDTH 128
#define ST_CODE_WIDTH 64

#endif
