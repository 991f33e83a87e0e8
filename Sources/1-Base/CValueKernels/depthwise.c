#include "depthwise.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "depthwise_wide.h"
#include "geometry_math.h"
#include "input_copy.h"
#include "packed_conv.h"
#include "qcc_conv.h"

struct qcc_packed_depthwise {
  qcc_conv_geometry g;
  qcc_codes input;
  qcc_word word;
  int32_t multiplier;
  /// Columns of the padded input.
  int32_t columns;
  /// Kernel rows that make a word, and words that a column of the kernel takes.
  int32_t rows_per_word, row_words;
  /// Lanes that a position has for the kernel: the output's channels, or those of a few neighbouring pixels together where
  /// one pixel does not fill a block. Both have their weights at the same distance, so one pixel's are repeated.
  int32_t lanes;
  int32_t taps;
  int32_t *offsets;
  uint8_t *weights;
  int32_t *start;

  // For sums of 64 bits: `[kernel_height][kernel_width][out_channels]`, and elements to each tap in the padded input.
  int16_t *wide_weights;
  int32_t *wide_offsets;
};

static int64_t row_elements(const qcc_packed_depthwise *dw) { return (int64_t)dw->columns * dw->g.out_channels; }

/// Words of one interleaved row and what a kernel reads behind it: garbage for lanes that nobody stores.
static int64_t interleaved_words(const qcc_packed_depthwise *dw) { return row_elements(dw) + QCC_BLOCK; }

static void pack(qcc_packed_depthwise *dw, const int16_t *weights) {
  const qcc_conv_geometry *g = &dw->g;
  const ptrdiff_t row_stride = (ptrdiff_t)g->kernel_width * g->out_channels;
  for (int32_t tap = 0; tap < dw->taps; tap++) {
    const int32_t word = tap / g->kernel_width, column = tap % g->kernel_width;
    const int32_t row = word * dw->rows_per_word;
    dw->offsets[tap] = (int32_t)(word * interleaved_words(dw) + (int64_t)column * g->dilation_width * g->out_channels);
    for (int32_t lane = 0; lane < dw->lanes; lane++) {
      const int16_t *from = weights + row * row_stride + (ptrdiff_t)column * g->out_channels + lane % g->out_channels;
      uint8_t *to = dw->weights + ((ptrdiff_t)(lane / QCC_BLOCK) * dw->taps + tap) * QCC_WORD_STRIDE + lane % QCC_BLOCK * 4;
      qcc_pack_word(dw->input, from, row_stride, g->kernel_height - row, to);
    }
  }
  const int32_t wide_taps = g->kernel_height * g->kernel_width;
  for (int32_t tap = 0; tap < wide_taps; tap++) {
    const int64_t row = (int64_t)(tap / g->kernel_width) * g->dilation_height;
    const int64_t column = (int64_t)(tap % g->kernel_width) * g->dilation_width;
    dw->wide_offsets[tap] = (int32_t)((row * dw->columns + column) * g->out_channels);
    for (int32_t lane = 0; lane < dw->lanes; lane++) {
      const int32_t weight = weights[(ptrdiff_t)tap * g->out_channels + lane % g->out_channels];
      // Modulo 2^32, as all sums.
      dw->start[lane] = (int32_t)((uint32_t)dw->start[lane] - (uint32_t)(dw->input.offset * weight));
    }
  }
  memcpy(dw->wide_weights, weights, (size_t)wide_taps * (size_t)g->out_channels * sizeof *weights);
}

qcc_packed_depthwise *qcc_pack_depthwise(const qcc_conv_geometry *g, const int16_t *weights, qcc_codes input) {
  if (!qcc_conv_geometry_is_valid(g) || g->groups != g->in_channels) return NULL;
  const size_t taps = (size_t)g->kernel_height * (size_t)g->kernel_width;
  const size_t weight_count = taps * (size_t)g->out_channels;
  if (!qcc_weights_fit(input, weights, (int64_t)weight_count)) return NULL;
  qcc_packed_depthwise *dw = calloc(1, sizeof *dw);
  if (!dw) return NULL;
  dw->g = *g;
  dw->input = input;
  dw->multiplier = g->out_channels / g->in_channels;
  dw->columns = (int32_t)qcc_window_columns(g);
  dw->rows_per_word = 4 / input.bytes;
  dw->row_words = (g->kernel_height + dw->rows_per_word - 1) / dw->rows_per_word;
  dw->taps = dw->row_words * g->kernel_width;
  const bool neighbours = g->stride_width == 1 && QCC_BLOCK % g->out_channels == 0;
  dw->lanes = neighbours ? QCC_BLOCK : g->out_channels;
  const size_t blocks = ((size_t)dw->lanes + QCC_BLOCK - 1) / QCC_BLOCK;
  dw->offsets = calloc((size_t)dw->taps, sizeof *dw->offsets);
  dw->weights = calloc(blocks * (size_t)dw->taps, QCC_WORD_STRIDE);
  dw->start = calloc(blocks * QCC_BLOCK, sizeof *dw->start);
  dw->wide_weights = calloc(weight_count, sizeof *dw->wide_weights);
  dw->wide_offsets = calloc(taps, sizeof *dw->wide_offsets);
  if (!dw->offsets || !dw->weights || !dw->start || !dw->wide_weights || !dw->wide_offsets) {
    qcc_free_depthwise(dw);
    return NULL;
  }
  pack(dw, weights);
  dw->word = qcc_word_of(input, dw->weights, (int64_t)blocks * dw->taps * QCC_BLOCK);
  return dw;
}

void qcc_free_depthwise(qcc_packed_depthwise *dw) {
  if (!dw) return;
  free(dw->offsets);
  free(dw->weights);
  free(dw->start);
  free(dw->wide_weights);
  free(dw->wide_offsets);
  free(dw);
}

/// Bytes of a row of nothing but padding.
static int64_t padding_bytes(const qcc_packed_depthwise *dw) {
  return (int64_t)dw->g.in_width * dw->g.in_channels * dw->input.bytes;
}

size_t qcc_depthwise_scratch_bytes(const qcc_packed_depthwise *dw) {
  const size_t words = 4 * (size_t)(dw->row_words * interleaved_words(dw));
  const size_t copy = (size_t)(qcc_window_rows(&dw->g) * row_elements(dw)) * sizeof(int16_t);
  const size_t narrow = words + (size_t)padding_bytes(dw) + QCC_SCRATCH_ALIGNMENT;
  const size_t wide = dw->input.bytes == 2 ? copy + QCC_SCRATCH_ALIGNMENT : 0;
  return narrow > wide ? narrow : wide;
}

/// Repeats every element `times` times, in place, from the end to the front.
#define REPEAT(name, ELEMENT)                                              \
  static void name(ELEMENT *x, int64_t elements, int32_t times) {          \
    for (int64_t i = elements - 1; times > 1 && i >= 0; i--) {             \
      const ELEMENT value = x[i];                                          \
      for (int32_t t = 0; t < times; t++) x[i * times + t] = value;        \
    }                                                                      \
  }
REPEAT(repeat_words, uint32_t)
REPEAT(repeat_codes, int16_t)

/// The kernel rows of word `word` above output row `oy`, interleaved, with their padding on both sides.
static void interleave_rows(
  const qcc_packed_depthwise *dw, int32_t oy, int32_t word, const uint8_t *x, int32_t pad, const uint8_t *padding,
  uint32_t *words) {
  const qcc_conv_geometry *g = &dw->g;
  const uint8_t *rows[4];
  for (int32_t i = 0; i < dw->rows_per_word; i++) {
    // Rows below the kernel have weights of 0: any will do.
    const int32_t row = word * dw->rows_per_word + i, ky = row < g->kernel_height ? row : g->kernel_height - 1;
    const int64_t iy = (int64_t)oy * g->stride_height + (int64_t)ky * g->dilation_height - g->pad_top;
    rows[i] = iy >= 0 && iy < g->in_height ? x + iy * padding_bytes(dw) : padding;
  }
  const int64_t channels = g->in_channels;
  const int64_t left = g->pad_left < dw->columns ? g->pad_left : dw->columns;
  const int64_t inside = dw->columns - left < g->in_width ? dw->columns - left : g->in_width;
  const int64_t right = dw->columns - left - inside;
  uint8_t *out = qcc_fill_codes((uint8_t *)words, left * channels * dw->rows_per_word, dw->input.bytes, pad);
  qcc_interleave(dw->word, rows, inside * channels, out);
  qcc_fill_codes(out + 4 * inside * channels, right * channels * dw->rows_per_word, dw->input.bytes, pad);
  repeat_words(words, dw->columns * channels, dw->multiplier);
}

/// Sums of 32 bits, row by row.
static void run(
  const qcc_packed_depthwise *dw, const uint8_t *x, int32_t pad, qcc_tile_output output, size_t element_bytes,
  void *scratch) {
  const qcc_conv_geometry *g = &dw->g;
  uint32_t *words = qcc_aligned(scratch);
  uint8_t *padding = (uint8_t *)(words + dw->row_words * interleaved_words(dw));
  qcc_fill_codes(padding, (int64_t)g->in_width * g->in_channels, dw->input.bytes, pad);
  const bool neighbours = dw->lanes != g->out_channels;
  const int32_t row_lanes = g->out_width * g->out_channels;
  output.stride = output.channels = dw->lanes;
  qcc_depthwise_job job = {
    .word = dw->word,
    .positions = row_lanes / dw->lanes,
    .taps = dw->taps,
    .offsets = dw->offsets,
    .weights = dw->weights,
    .start = dw->start,
    .position_stride = neighbours ? dw->lanes : (ptrdiff_t)g->stride_width * g->out_channels,
  };
  for (int32_t oy = 0; oy < g->out_height; oy++) {
    for (int32_t word = 0; word < dw->row_words; word++) {
      interleave_rows(dw, oy, word, x, pad, padding, words + word * interleaved_words(dw));
    }
    job.words = (const uint8_t *)words;
    job.output = output;
    qcc_depthwise_run(&job);
    if (row_lanes % dw->lanes != 0) {
      // The last pixels of the row, which do not fill a block.
      qcc_depthwise_job last = job;
      const ptrdiff_t done = (ptrdiff_t)job.positions * dw->lanes;
      last.positions = 1;
      last.words += 4 * done;
      last.output.to = (uint8_t *)output.to + (size_t)done * element_bytes;
      last.output.channels = row_lanes % dw->lanes;
      qcc_depthwise_run(&last);
    }
    output.to = (uint8_t *)output.to + (size_t)row_lanes * element_bytes;
  }
}

void qcc_depthwise_i32(const qcc_packed_depthwise *dw, const void *x, int32_t pad, int32_t *acc, void *scratch) {
  run(dw, x, pad, (qcc_tile_output){.store = QCC_STORE_I32, .to = acc}, sizeof *acc, scratch);
}

void qcc_depthwise_codes(
  const qcc_packed_depthwise *dw, const qcc_requant *requant, const void *x, int32_t pad, int32_t code_bytes, void *codes,
  void *scratch) {
  run(dw, x, pad, qcc_codes_output(requant, code_bytes, codes), (size_t)code_bytes, scratch);
}

void qcc_depthwise_i64(const qcc_packed_depthwise *dw, const void *x, int32_t pad, int64_t *acc, void *scratch) {
  const qcc_conv_geometry *g = &dw->g;
  const int32_t rows = (int32_t)qcc_window_rows(g);
  int16_t *copy = qcc_aligned(scratch);
  qcc_copy_padded(g, rows, dw->columns, dw->input.bytes, x, pad, (uint8_t *)copy);
  repeat_codes(copy, (int64_t)rows * dw->columns * g->in_channels, dw->multiplier);
  const qcc_depthwise_wide_job job = {
    .channels = g->out_channels,
    .rows = g->out_height,
    .columns = g->out_width,
    .taps = g->kernel_height * g->kernel_width,
    .offsets = dw->wide_offsets,
    .weights = dw->wide_weights,
    .x = copy,
    .row_stride = (ptrdiff_t)g->stride_height * dw->columns * g->out_channels,
    .column_stride = (ptrdiff_t)g->stride_width * g->out_channels,
  };
  qcc_depthwise_wide_run(&job, acc);
}
