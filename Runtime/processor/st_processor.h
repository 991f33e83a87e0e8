/* Linear layers on a processor: the window of a feature map that an output pixel reads, and sums of its products with packed
 * weights. Sums wrap around; the accumulators they end in are known to fit. */
#ifndef ST_PROCESSOR_H
#define ST_PROCESSOR_H

#include <stdint.h>

#include "st_fields.h"
#include "st_names.h"

/* How windows lie in a feature map: taps outside read `padding`. */
typedef struct {
    int map_rows, map_columns, map_channels;
    int kernel_rows, kernel_columns;
    int dilation_rows, dilation_columns;
    int first_channel, channels;
    int32_t padding;
} st_view;

/* Copies the window from (row, column) on, tap by tap with channels innermost. */
void st_window8(const int8_t map[], const st_view *view, int row, int column, int16_t window[]);
void st_window16(const int16_t map[], const st_view *view, int row, int column, int16_t window[]);

/* The sum of `count` pairs of operands. */
uint32_t st_total32(const int16_t window[], int pairs);
uint64_t st_total64(const int16_t window[], int pairs);

/* Products of a window with the weights of `outputs` outputs, 1 or 4: what `words` words of each sum up to, times 2^shift, is
 * added to `sums`. A word has 16 / bits operands in each half, even ones in the low half, from its lowest bits on, unsigned but
 * for those of 16 bits; the outputs' words alternate. Returns the words behind. */
const uint32_t *st_dot1_32(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint32_t sums[]);
const uint32_t *st_dot2_32(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint32_t sums[]);
const uint32_t *st_dot4_32(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint32_t sums[]);
const uint32_t *st_dot8_32(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint32_t sums[]);
const uint32_t *st_dot16_32(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint32_t sums[]);
const uint32_t *st_dot1_64(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint64_t sums[]);
const uint32_t *st_dot2_64(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint64_t sums[]);
const uint32_t *st_dot4_64(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint64_t sums[]);
const uint32_t *st_dot8_64(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint64_t sums[]);
const uint32_t *st_dot16_64(const int16_t window[], const uint32_t weights[], int words, int outputs, int shift, uint64_t sums[]);

/* A pixel of a depthwise convolution: `taps` point at the pixels that it reads, weights are taps x channels. */
void st_depthwise8x8_32(const int8_t *const taps[], const int8_t weights[], int count, int channels, uint32_t sums[]);
void st_depthwise8x16_32(const int8_t *const taps[], const int16_t weights[], int count, int channels, uint32_t sums[]);
void st_depthwise16x8_32(const int16_t *const taps[], const int8_t weights[], int count, int channels, uint32_t sums[]);
void st_depthwise16x16_32(const int16_t *const taps[], const int16_t weights[], int count, int channels, uint32_t sums[]);
void st_depthwise8x8_64(const int8_t *const taps[], const int8_t weights[], int count, int channels, uint64_t sums[]);
void st_depthwise8x16_64(const int8_t *const taps[], const int16_t weights[], int count, int channels, uint64_t sums[]);
void st_depthwise16x8_64(const int16_t *const taps[], const int8_t weights[], int count, int channels, uint64_t sums[]);
void st_depthwise16x16_64(const int16_t *const taps[], const int16_t weights[], int count, int channels, uint64_t sums[]);

#endif
