/* The three engines of the accelerator. A layer's tile runs in the same steps on each: `begin` fills the accumulators,
 * `load` (DMA) brings a window of the feature map and `weights` a block of weights into the engine's memories, `run`
 * multiplies and accumulates, and `store` requantizes the accumulators when all parts of the tile are summed and writes their
 * codes. */
#ifndef ST_ENGINE_H
#define ST_ENGINE_H

#include <stdint.h>

#include "st_config.h"
#include "st_mac.h"
#include "st_names.h"

/* Whether the network has layers on them. */
#define ST_USES_ENGINES (ST_USES_CONV2D || ST_USES_DWCONV || ST_USES_FC)

#if ST_ACCUMULATOR_BITS == 64
typedef int64_t st_accumulator;
#else
typedef int32_t st_accumulator;
#endif

/* Extents of a layer and numbers of its slices, as constants have them. */
#if ST_EXTENT_BITS == 32
typedef int32_t st_extent;
#else
typedef int16_t st_extent;
#endif

/* One axis of a window: every step-th row (or column) of the feature map from `first` on, `count` of them. Output i of the
 * tile and tap j of its kernel part read loaded row i * stride + j * dilation. */
typedef struct {
    int first, step, count;
    int stride, dilation;
} st_axis;

/* What the DMA brings into an input memory; outside the feature map it reads `padding`. Codes wider than 16 bits come one
 * balanced base 2^16 digit, `limb`, at a time. */
typedef struct {
    int map_rows, map_columns, map_channels;
    st_axis rows, columns;
    int first_channel, channels;
    int limb;
    int64_t padding;
} st_window;

/* The same for a 1x1 kernel without padding: a run of output pixels, counted row by row, in memory rows of `width`. */
typedef struct {
    int map_columns, map_channels;
    int output_columns, stride_rows, stride_columns;
    int first_pixel, pixels, width;
    int first_channel, channels;
    int limb;
} st_run;

/* A pass of the 2DConv or DWConv engine over what its memories hold. */
typedef struct {
    /* Output pixels, and the extents of the kernel part. */
    int rows, columns;
    int kernel_rows, kernel_columns;
    int stride_rows, stride_columns;
    int dilation_rows, dilation_columns;
    /* Input channels of the 2DConv engine; the DWConv engine has one per output channel. */
    int channels;
    st_mode mode;
    /* Sums need more than 32 bits. */
    int wide;
    /* The products' weight as a power of two: 16 x (input limb + weight limb). */
    int shift;
} st_pass;

/* The output pixels and channels of a tile: rows of accumulators, the last of which may be shorter, and where in the feature map
 * their codes lie. */
typedef struct {
    int rows, columns, last_columns;
    /* Pixels are counted row by row; from a row of accumulators to the next are `row_pixels`. */
    int first_pixel, row_pixels;
    /* Channels first_output, first_output + step, ... of `channels`. */
    int first_output, step, outputs, channels;
} st_tile;

/* How accumulators become codes. A channel has parameters of its own, ST_PARAMETERS of them at most:
 *   ST_ACCUMULATORS  they are the codes
 *   ST_UPPER_WORD    floor((accumulator * multiplier + addend) / 2^32)
 *   ST_FLOOR         floor((accumulator * multiplier + addend) / 2^shift), in 64 bits
 *   ST_ONE_WORD      that or, as `even` says, rounded to the nearest, ties to the even one; + offset
 *   ST_TWO_WORDS     the same in 128 bits
 *   ST_THRESHOLDS    codes[number of thresholds that are <= accumulator] */
typedef enum { ST_ACCUMULATORS, ST_UPPER_WORD, ST_FLOOR, ST_ONE_WORD, ST_TWO_WORDS, ST_THRESHOLDS } st_form;

#define ST_PARAMETERS 6
enum { ST_MULTIPLIER, ST_ADDEND, ST_SHIFT, ST_OFFSET, ST_EVEN, ST_ADDEND_HIGH };
/* Of ST_THRESHOLDS: where a channel's thresholds and codes begin in the arrays of all, and how many thresholds it has. */
enum { ST_FIRST_THRESHOLD, ST_THRESHOLD_COUNT, ST_FIRST_CODE, ST_ALL_THRESHOLDS, ST_ALL_CODES };

typedef struct {
    st_form form;
    /* An array each, of signed integers. Four bits of `kinds` for each: 2^n bytes in the lower two; 4: one number per channel,
     * else one for all. */
    const void *const *parameters;
    uint32_t kinds;
    /* Bits of the largest number of thresholds. */
    int steps;
    /* Codes are clamped to them. */
    int64_t lowest, highest;
    /* Of a code: 1, 2, 4 or 8. */
    int bytes;
} st_requantization;

extern st_accumulator
    st_conv2d_output[ST_CONV2D_OUTPUT_ROWS][ST_CONV2D_OUTPUT_COLUMNS][ST_CONV2D_OUTPUT_CHANNELS];
extern st_accumulator st_dwconv_output[ST_DWCONV_OUTPUT_ROWS][ST_DWCONV_OUTPUT_COLUMNS][ST_DWCONV_CHANNELS];
extern st_accumulator st_fc_output[ST_FC_OUTPUTS];

/* `initial` may be null: zeros.
 *
 * Weights are stored as fields of `bits` bits (st_fields.h), in the order of the words that they make in a weight memory.
 *
 * 2DConv: those words are kernel_rows x kernel_columns x words x outputs, a word holding consecutive input channels. */
void st_conv2d_begin(int rows, int columns, const st_accumulator initial[], int outputs);
void st_conv2d_load8(const int8_t map[], const st_window *window, st_mode mode);
void st_conv2d_load16(const int16_t map[], const st_window *window, st_mode mode);
void st_conv2d_load32(const int32_t map[], const st_window *window, st_mode mode);
void st_conv2d_load64(const int64_t map[], const st_window *window, st_mode mode);
void st_conv2d_load_run8(const int8_t map[], const st_run *run, st_mode mode);
void st_conv2d_load_run16(const int16_t map[], const st_run *run, st_mode mode);
void st_conv2d_load_run32(const int32_t map[], const st_run *run, st_mode mode);
void st_conv2d_load_run64(const int64_t map[], const st_run *run, st_mode mode);
void st_conv2d_weights(
    const uint16_t weights[], int kernel_rows, int kernel_columns, int inputs, int outputs, int bits, st_mode mode);
void st_conv2d_run(const st_pass *pass);
void st_conv2d_store(const st_requantization *requantization, const st_tile *tile, void *map);

/* DWConv: lane o is input channel first_channel + o. Words are words x channels, a word holding consecutive taps of the
 * kernel part, row by row. `initial` has one accumulator every `stride`. */
void st_dwconv_begin(int rows, int columns, const st_accumulator initial[], int stride, int channels);
void st_dwconv_load8(const int8_t map[], const st_window *window);
void st_dwconv_load16(const int16_t map[], const st_window *window);
void st_dwconv_load32(const int32_t map[], const st_window *window);
void st_dwconv_load64(const int64_t map[], const st_window *window);
void st_dwconv_load_run8(const int8_t map[], const st_run *run);
void st_dwconv_load_run16(const int16_t map[], const st_run *run);
void st_dwconv_load_run32(const int32_t map[], const st_run *run);
void st_dwconv_load_run64(const int64_t map[], const st_run *run);
void st_dwconv_weights(const uint16_t weights[], int taps, int channels, int bits, st_mode mode);
void st_dwconv_run(const st_pass *pass);
void st_dwconv_store(const st_requantization *requantization, const st_tile *tile, void *map);

/* FC: words are words x outputs, a word holding consecutive inputs. */
void st_fc_begin(const st_accumulator initial[], int outputs);
void st_fc_load8(const int8_t inputs[], int count, int limb, st_mode mode);
void st_fc_load16(const int16_t inputs[], int count, int limb, st_mode mode);
void st_fc_load32(const int32_t inputs[], int count, int limb, st_mode mode);
void st_fc_load64(const int64_t inputs[], int count, int limb, st_mode mode);
void st_fc_weights(const uint16_t weights[], int inputs, int outputs, int bits, st_mode mode);
void st_fc_run(int words, st_mode mode, int wide, int shift);
void st_fc_store(const st_requantization *requantization, const st_tile *tile, void *map);

#endif
