/* What a kernel is told of a tile: registers of an engine. Nothing in it depends on a network. */
#ifndef ST_KERNEL_TILE_H
#define ST_KERNEL_TILE_H

#include <stdint.h>

/* Codes come packed, in fields of 4, 8 or 16 bits: those of the pixels that lie in the feature map, row by row, channels innermost.
 * Weights come in the order in which they are multiplied: taps, words, outputs, lanes. */
typedef struct {
    /* Beats of the bus; 0: the memory keeps what it has. */
    int input_beats, weight_beats;
    /* Bits of a field, and of the lanes of a word: 16 / N. */
    int input_bits, weight_bits, output_bits;
    int lanes;
    /* Output pixels as they are computed, and how many of them are stored. */
    int rows, columns, pixels;
    int kernel_rows, kernel_columns;
    int stride_rows, stride_columns;
    int dilation_rows, dilation_columns;
    /* Rows and columns of the window that lie before the feature map, and those in it. */
    int top, left, height, width;
    /* Per pixel of the window, and outputs of the tile. */
    int channels, outputs;
    /* What is read outside of the feature map. */
    int padding;
    /* The products' weight as a power of two. */
    int shift;
    /* Accumulators start from the channels' initial ones; they are requantized and stored. */
    int starts, finishes;
    /* Codes are the accumulators; else the least and the largest one. */
    int raw;
    int64_t lowest, highest;
} st_kernel_tile;

/* What the accumulators of an output channel start from, and what makes codes of them:
 * (accumulator * multiplier + addend) / 2^shift + offset, the quotient rounded down or, with `even`, to the nearest number and half
 * ones to the even one. The addend is addend_high * 2^64 + addend_low. */
typedef struct {
    int64_t initial, multiplier, addend_high;
    uint64_t addend_low, shift, even;
    int64_t offset;
} st_kernel_channel;

/* In beats of 64 bits. */
#define ST_KERNEL_CHANNEL_WORDS 7

#endif
