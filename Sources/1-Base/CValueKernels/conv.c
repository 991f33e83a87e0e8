#include "qcc_conv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "geometry_math.h"
#include "input_copy.h"
#include "packed_conv.h"

/// Largest sum of |w| such that the sum of w times a signed byte (-128 ... 128) stays within int32.
static const int64_t byte_weight_limit = INT32_MAX / 128;

/// Terms per word.
static int64_t word_terms(qcc_codes input) { return 4 / input.bytes; }

/// Terms of one run: whole kernel rows where neighbouring columns are neighbours in memory.
static int64_t run_terms(const qcc_conv_geometry *g) {
  const int64_t channels = g->in_channels / g->groups;
  return g->groups == 1 && g->dilation_width == 1 ? g->kernel_width * channels : channels;
}

/// Words of one run.
static int64_t run_words(const qcc_conv_geometry *g, qcc_codes input) {
  return (run_terms(g) + word_terms(input) - 1) / word_terms(input);
}

bool qcc_weights_fit(qcc_codes input, const int16_t *weights, int64_t count) {
  if (input.bytes == 2) return true;
  for (int64_t i = 0; i < count; i++) {
    if (weights[i] < INT8_MIN || weights[i] > INT8_MAX) return false;
  }
  return true;
}

void qcc_pack_word(qcc_codes input, const int16_t *weights, ptrdiff_t stride, int64_t terms, uint8_t *to) {
  for (int64_t term = 0; term < word_terms(input); term++) {
    const int16_t weight = term < terms ? weights[term * stride] : 0;
    if (input.bytes == 1) to[term] = (uint8_t)weight;
    else ((int16_t *)to)[term] = weight;
  }
}

qcc_word qcc_word_of(qcc_codes input, const uint8_t *weights, int64_t count) {
  if (input.bytes == 2) return QCC_WORD_I16;
  for (int64_t i = 0; i < 4 * count; i += 2) {
    const int32_t a = (int8_t)weights[i], b = (int8_t)weights[i + 1];
    const int32_t most = (a > 0 ? a : 0) + (b > 0 ? b : 0), least = (a < 0 ? a : 0) + (b < 0 ? b : 0);
    if (most * input.largest > INT16_MAX || least * input.largest < INT16_MIN) return QCC_WORD_U8;
  }
  return QCC_WORD_U8_NARROW;
}

static void find_layout(qcc_packed_conv *conv) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t rows = qcc_window_rows(g), columns = qcc_window_columns(g);
  // A run that ends within a word is read to the word's end, which the caller's memory need not hold.
  conv->direct = g->pad_top == 0 && g->pad_left == 0 && rows <= g->in_height && columns <= g->in_width
    && run_terms(g) % word_terms(conv->input) == 0;
  conv->rows = conv->direct ? g->in_height : (int32_t)rows;
  conv->columns = conv->direct ? g->in_width : (int32_t)columns;
}

static void find_offsets(qcc_packed_conv *conv) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t words = run_words(g, conv->input);
  const int64_t per_row = g->kernel_width * (g->in_channels / g->groups) / run_terms(g);
  for (int32_t word = 0; word < conv->words; word++) {
    const int64_t run = word / words;
    const int64_t row = run / per_row * g->dilation_height;
    const int64_t column = run % per_row * g->dilation_width;
    const int64_t pixel = (row * conv->columns + column) * g->in_channels * conv->input.bytes;
    conv->offsets[word] = (int32_t)(pixel + 4 * (word % words));
  }
}

static void pack_weights(qcc_packed_conv *conv, const int16_t *weights) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t channels = g->out_channels / g->groups;
  const int64_t terms = run_terms(g), words = run_words(g, conv->input), per_word = word_terms(conv->input);
  uint8_t *out = conv->weights;
  for (int64_t group = 0; group < g->groups; group++) {
    for (int64_t block = 0; block < conv->blocks; block++) {
      for (int64_t word = 0; word < conv->words; word++) {
        const int64_t within = word % words * per_word, term = word / words * terms + within;
        for (int64_t lane = 0; lane < QCC_BLOCK; lane++, out += 4) {
          const int64_t channel = block * QCC_BLOCK + lane;
          if (channel >= channels) continue;
          const int16_t *from = weights + term * g->out_channels + group * channels + channel;
          qcc_pack_word(conv->input, from, g->out_channels, terms - within, out);
        }
      }
    }
  }
}

static void find_start(qcc_packed_conv *conv, const int16_t *weights) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t channels = g->out_channels / g->groups;
  const int64_t terms = (int64_t)g->kernel_height * g->kernel_width * (g->in_channels / g->groups);
  for (int64_t term = 0; term < terms; term++) {
    for (int64_t channel = 0; channel < g->out_channels; channel++) {
      int32_t *start = conv->start + channel / channels * conv->blocks * QCC_BLOCK + channel % channels;
      // Modulo 2^32, as all sums.
      *start = (int32_t)((uint32_t)*start - (uint32_t)(conv->input.offset * weights[term * g->out_channels + channel]));
    }
  }
}

/// Magnitudes of the weights of one word of int16.
static int64_t word_magnitude(const qcc_packed_conv *conv, int64_t lane, int64_t word) {
  const int16_t *w =
    (const int16_t *)(conv->weights + (lane / QCC_BLOCK * conv->words + word) * QCC_WORD_STRIDE) + lane % QCC_BLOCK * 2;
  return llabs(w[0]) + llabs(w[1]);
}

/// Cuts the sum into parts, as long as every output channel allows.
static void find_parts(qcc_packed_conv *conv, int64_t *sums) {
  const int64_t lanes = conv->g.groups * conv->blocks * QCC_BLOCK;
  qcc_part *current = conv->parts;
  *current = (qcc_part){0, 0};
  for (int32_t word = 0; word < conv->words; word++) {
    bool fits = true;
    for (int64_t lane = 0; lane < lanes; lane++) {
      sums[lane] += word_magnitude(conv, lane, word);
      fits = fits && sums[lane] <= byte_weight_limit;
    }
    if (!fits) {
      for (int64_t lane = 0; lane < lanes; lane++) sums[lane] = word_magnitude(conv, lane, word);
      current++;
      *current = (qcc_part){word, 0};
    }
    current->words++;
  }
  conv->part_count = (int32_t)(current - conv->parts) + 1;
}

qcc_packed_conv *qcc_pack_conv(const qcc_conv_geometry *geometry, const int16_t *weights, qcc_codes input) {
  if (!qcc_conv_geometry_is_valid(geometry)) return NULL;
  const int64_t channels = geometry->out_channels / geometry->groups;
  const int64_t terms = (int64_t)geometry->kernel_height * geometry->kernel_width * (geometry->in_channels / geometry->groups);
  if (!qcc_weights_fit(input, weights, terms * geometry->out_channels)) return NULL;
  qcc_packed_conv *conv = calloc(1, sizeof *conv);
  if (!conv) return NULL;
  conv->g = *geometry;
  conv->input = input;
  find_layout(conv);
  conv->words = (int32_t)(terms / run_terms(geometry) * run_words(geometry, input));
  conv->blocks = (channels + QCC_BLOCK - 1) / QCC_BLOCK;
  // Parts are at least 256 full-scale words long.
  const size_t most_parts = (size_t)conv->words / (size_t)(byte_weight_limit / 65536) + 1;
  const size_t lanes = (size_t)(geometry->groups * conv->blocks * QCC_BLOCK);
  conv->offsets = calloc((size_t)conv->words, sizeof *conv->offsets);
  conv->parts = calloc(most_parts, sizeof *conv->parts);
  conv->weights = calloc(lanes * (size_t)conv->words, 4);
  conv->start = calloc(lanes, sizeof *conv->start);
  int64_t *sums = calloc(lanes, sizeof *sums);
  if (conv->offsets && conv->parts && conv->weights && conv->start && sums) {
    find_offsets(conv);
    pack_weights(conv, weights);
    find_start(conv, weights);
    conv->word = qcc_word_of(input, conv->weights, (int64_t)lanes * conv->words);
    if (conv->word == QCC_WORD_I16) find_parts(conv, sums);
  } else {
    qcc_free_conv(conv);
    conv = NULL;
  }
  free(sums);
  return conv;
}

void qcc_free_conv(qcc_packed_conv *conv) {
  if (!conv) return;
  free(conv->offsets);
  free(conv->parts);
  free(conv->weights);
  free(conv->start);
  free(conv);
}

void qcc_gemm_run_parts(
  qcc_gemm *gemm, const qcc_packed_conv *conv, const uint8_t *weights, const int16_t *low, const int16_t *high) {
  for (int32_t index = 0; index < conv->part_count; index++) {
    const qcc_part *part = &conv->parts[index];
    gemm->words = part->words;
    gemm->offsets = conv->offsets + part->first_word;
    gemm->weights = weights + part->first_word * QCC_WORD_STRIDE;
    for (int32_t byte = 0; byte < 2; byte++) {
      gemm->x = (const uint8_t *)(byte ? high : low);
      gemm->output.store = index == 0 && byte == 0 ? QCC_STORE_I64 : QCC_ADD_I64;
      gemm->output.shift = 8 * byte;
      qcc_gemm_run(gemm);
    }
  }
}

/// Bytes of the input or of its padded copy.
static int64_t plane_bytes(const qcc_packed_conv *conv) {
  return (int64_t)conv->rows * conv->columns * conv->g.in_channels * conv->input.bytes;
}

size_t qcc_conv_scratch_bytes(const qcc_packed_conv *conv) {
  // Two planes of bytes.
  return 2 * ((size_t)plane_bytes(conv) + QCC_COPY_SLACK) + QCC_SCRATCH_ALIGNMENT;
}

/// Everything but the input and the result.
static qcc_gemm gemm_of(const qcc_packed_conv *conv) {
  const qcc_conv_geometry *g = &conv->g;
  const ptrdiff_t pixel = (ptrdiff_t)g->in_channels * conv->input.bytes;
  return (qcc_gemm){
    .word = conv->word,
    .words = conv->words,
    .offsets = conv->offsets,
    .block_stride = (ptrdiff_t)conv->words * QCC_WORD_STRIDE,
    .rows = g->out_height,
    .columns = g->out_width,
    .row_stride = g->stride_height * conv->columns * pixel,
    .column_stride = g->stride_width * pixel,
    .output = {.stride = g->out_channels, .channels = g->out_channels / g->groups},
  };
}

static const uint8_t *group_weights(const qcc_packed_conv *conv, int64_t group) {
  return conv->weights + group * conv->blocks * conv->words * QCC_WORD_STRIDE;
}

/// Sums of 32 bits, from the input or its padded copy to the output.
static void run(
  const qcc_packed_conv *conv, const void *x, int32_t pad, qcc_tile_output output, size_t element_bytes, void *scratch) {
  const qcc_conv_geometry *g = &conv->g;
  if (!conv->direct) {
    uint8_t *copy = qcc_aligned(scratch);
    qcc_copy_padded(g, conv->rows, conv->columns, conv->input.bytes, x, pad, copy);
    memset(copy + plane_bytes(conv), 0, QCC_COPY_SLACK);
    x = copy;
  }
  qcc_gemm gemm = gemm_of(conv);
  output.stride = gemm.output.stride;
  output.channels = gemm.output.channels;
  for (int32_t group = 0; group < g->groups; group++) {
    gemm.weights = group_weights(conv, group);
    gemm.start = conv->start + group * conv->blocks * QCC_BLOCK;
    gemm.x = (const uint8_t *)x + group * (g->in_channels / g->groups) * conv->input.bytes;
    gemm.output = output;
    gemm.output.to = (uint8_t *)output.to + (size_t)(group * output.channels) * element_bytes;
    qcc_gemm_run(&gemm);
  }
}

void qcc_conv2d_i32(const qcc_packed_conv *conv, const void *x, int32_t pad, int32_t *acc, void *scratch) {
  run(conv, x, pad, (qcc_tile_output){.store = QCC_STORE_I32, .to = acc}, sizeof *acc, scratch);
}

void qcc_conv2d_codes(
  const qcc_packed_conv *conv, const qcc_requant *requant, const void *x, int32_t pad, int32_t code_bytes, void *codes,
  void *scratch) {
  const qcc_tile_output output = qcc_codes_output(requant, code_bytes, codes);
  run(conv, x, pad, output, (size_t)code_bytes, scratch);
}

void qcc_conv2d_i64(const qcc_packed_conv *conv, const void *x, int32_t pad, int64_t *acc, void *scratch) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t elements = plane_bytes(conv) / (int64_t)sizeof(int16_t);
  const int64_t slack = QCC_COPY_SLACK / (int64_t)sizeof(int16_t);
  int16_t *low = qcc_aligned(scratch), *high = low + elements + slack;
  if (!conv->direct) qcc_copy_padded(g, conv->rows, conv->columns, conv->input.bytes, x, pad, (uint8_t *)low);
  qcc_split_bytes(conv->direct ? x : low, elements, low, high);
  memset(low + elements, 0, QCC_COPY_SLACK);
  memset(high + elements, 0, QCC_COPY_SLACK);

  qcc_gemm gemm = gemm_of(conv);
  for (int32_t group = 0; group < g->groups; group++) {
    gemm.start = conv->start + group * conv->blocks * QCC_BLOCK;
    gemm.output.to = acc + group * gemm.output.channels;
    const int64_t first = group * (g->in_channels / g->groups);
    qcc_gemm_run_parts(&gemm, conv, group_weights(conv, group), low + first, high + first);
  }
}
