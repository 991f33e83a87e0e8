#include "qcc_conv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "geometry_math.h"
#include "input_copy.h"
#include "packed_conv.h"

/// Largest sum of |w| such that the sum of w times a signed byte (-128 ... 128) stays within int32.
static const int64_t byte_weight_limit = INT32_MAX / 128;

/// Terms of one run: whole kernel rows where neighbouring columns are neighbours in memory.
static int64_t run_terms(const qcc_conv_geometry *g) {
  const int64_t channels = g->in_channels / g->groups;
  return g->groups == 1 && g->dilation_width == 1 ? g->kernel_width * channels : channels;
}

/// The weight of term `term` (kernel row, kernel column, channel in HWI order).
static int64_t weight_index(const qcc_conv_geometry *g, int64_t term, int64_t channel) {
  return term * g->out_channels + channel;
}

static void find_layout(qcc_packed_conv *conv) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t rows = qcc_window_rows(g), columns = qcc_window_columns(g);
  // A run of odd length is read to the next even one, which the caller's memory need not hold.
  conv->direct = g->pad_top == 0 && g->pad_left == 0 && rows <= g->in_height && columns <= g->in_width
    && run_terms(g) % 2 == 0;
  conv->rows = conv->direct ? g->in_height : (int32_t)rows;
  conv->columns = conv->direct ? g->in_width : (int32_t)columns;
}

static void find_runs(qcc_packed_conv *conv, int32_t length) {
  const qcc_conv_geometry *g = &conv->g;
  const int32_t per_row = g->kernel_width * (g->in_channels / g->groups) / length;
  for (int32_t run = 0; run < conv->run_count; run++) {
    const int64_t row = (int64_t)(run / per_row) * g->dilation_height;
    const int64_t column = (int64_t)(run % per_row) * g->dilation_width;
    conv->runs[run].offset = (int32_t)((row * conv->columns + column) * g->in_channels);
    conv->runs[run].pairs = (length + 1) / 2;
  }
}

static void pack_weights(qcc_packed_conv *conv, const int16_t *weights, int64_t length) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t channels = g->out_channels / g->groups;
  int16_t *out = conv->weights;
  for (int64_t group = 0; group < g->groups; group++) {
    for (int64_t block = 0; block < conv->blocks; block++) {
      for (int64_t pair = 0; pair < conv->pairs; pair++, out += QCC_PAIR_STRIDE) {
        const int64_t run = pair / ((length + 1) / 2), within = pair % ((length + 1) / 2) * 2;
        for (int64_t lane = 0; lane < QCC_BLOCK; lane++) {
          const int64_t channel = block * QCC_BLOCK + lane;
          for (int64_t half = 0; half < 2; half++) {
            const bool inside = channel < channels && within + half < length;
            const int64_t term = run * length + within + half;
            out[2 * lane + half] = inside ? weights[weight_index(g, term, group * channels + channel)] : 0;
          }
        }
      }
    }
  }
}

/// Cuts the sum into parts, as long as every output channel allows.
static void find_parts(qcc_packed_conv *conv, int64_t *sums) {
  const qcc_conv_geometry *g = &conv->g;
  const int64_t lanes = g->groups * conv->blocks * QCC_BLOCK;
  memset(sums, 0, (size_t)lanes * sizeof *sums);
  int32_t runs = 0;
  int64_t pair = 0;
  qcc_part *current = conv->parts;
  *current = (qcc_part){0, 0, 0};
  for (int32_t run = 0; run < conv->run_count; run++) {
    for (int32_t i = 0; i < conv->runs[run].pairs; i++, pair++) {
      bool fits = true;
      for (int64_t lane = 0; lane < lanes; lane++) {
        const int16_t *w =
          conv->weights + (lane / QCC_BLOCK * conv->pairs + pair) * QCC_PAIR_STRIDE + lane % QCC_BLOCK * 2;
        sums[lane] += llabs(w[0]) + llabs(w[1]);
        fits = fits && sums[lane] <= byte_weight_limit;
      }
      if (!fits) {
        for (int64_t lane = 0; lane < lanes; lane++) {
          const int16_t *w =
            conv->weights + (lane / QCC_BLOCK * conv->pairs + pair) * QCC_PAIR_STRIDE + lane % QCC_BLOCK * 2;
          sums[lane] = llabs(w[0]) + llabs(w[1]);
        }
        current++;
        *current = (qcc_part){runs, 0, pair};
      }
      if (i == 0 || !fits) {
        conv->part_runs[runs] = (qcc_run){conv->runs[run].offset + 2 * i, 0};
        runs++;
        current->run_count++;
      }
      conv->part_runs[runs - 1].pairs++;
    }
  }
  conv->part_count = (int32_t)(current - conv->parts) + 1;
}

qcc_packed_conv *qcc_pack_conv(const qcc_conv_geometry *geometry, const int16_t *weights) {
  if (!qcc_conv_geometry_is_valid(geometry)) return NULL;
  qcc_packed_conv *conv = calloc(1, sizeof *conv);
  if (!conv) return NULL;
  conv->g = *geometry;
  find_layout(conv);
  const int64_t length = run_terms(geometry);
  const int64_t channels = geometry->out_channels / geometry->groups;
  conv->run_count = (int32_t)(
    (int64_t)geometry->kernel_height * geometry->kernel_width * (geometry->in_channels / geometry->groups) / length);
  conv->pairs = conv->run_count * ((length + 1) / 2);
  conv->blocks = (channels + QCC_BLOCK - 1) / QCC_BLOCK;
  // Parts are at least 256 full-scale pairs long.
  const size_t most_parts = (size_t)conv->pairs / (size_t)(byte_weight_limit / 65536) + 1;
  const size_t lanes = (size_t)(geometry->groups * conv->blocks * QCC_BLOCK);
  conv->runs = calloc((size_t)conv->run_count, sizeof *conv->runs);
  conv->part_runs = calloc((size_t)conv->run_count + most_parts, sizeof *conv->part_runs);
  conv->parts = calloc(most_parts, sizeof *conv->parts);
  conv->weights = calloc(lanes * (size_t)conv->pairs, 2 * sizeof *conv->weights);
  int64_t *sums = calloc(lanes, sizeof *sums);
  if (conv->runs && conv->part_runs && conv->parts && conv->weights && sums) {
    find_runs(conv, (int32_t)length);
    pack_weights(conv, weights, length);
    find_parts(conv, sums);
  } else {
    qcc_free_conv(conv);
    conv = NULL;
  }
  free(sums);
  return conv;
}

void qcc_free_conv(qcc_packed_conv *conv) {
  if (!conv) return;
  free(conv->runs);
  free(conv->part_runs);
  free(conv->parts);
  free(conv->weights);
  free(conv);
}

void qcc_gemm_run_parts(
  qcc_gemm *gemm, const qcc_packed_conv *conv, const int16_t *weights, const int16_t *low, const int16_t *high) {
  for (int32_t index = 0; index < conv->part_count; index++) {
    const qcc_part *part = &conv->parts[index];
    gemm->runs = conv->part_runs + part->first_run;
    gemm->run_count = part->run_count;
    gemm->weights = weights + part->first_pair * QCC_PAIR_STRIDE;
    for (int32_t byte = 0; byte < 2; byte++) {
      gemm->x = byte ? high : low;
      gemm->store = index == 0 && byte == 0 ? QCC_STORE_I64 : QCC_ADD_I64;
      gemm->shift = 8 * byte;
      qcc_gemm_run(gemm);
    }
  }
}

/// Elements of the input or of its padded copy, with slack.
static int64_t plane_elements(const qcc_packed_conv *conv) {
  return (int64_t)conv->rows * conv->columns * conv->g.in_channels + QCC_COPY_SLACK;
}

size_t qcc_conv_scratch_bytes(const qcc_packed_conv *conv) {
  // Two planes of bytes.
  return 2 * (size_t)plane_elements(conv) * sizeof(int16_t) + QCC_SCRATCH_ALIGNMENT;
}

/// What both kernels share: everything but the sum and the result.
static qcc_gemm gemm_of(const qcc_packed_conv *conv) {
  const qcc_conv_geometry *g = &conv->g;
  const bool flat = conv->direct && g->kernel_height == 1 && g->kernel_width == 1 && g->stride_height == 1
    && g->stride_width == 1 && g->out_height == conv->rows && g->out_width == conv->columns;
  return (qcc_gemm){
    .block_stride = conv->pairs * QCC_PAIR_STRIDE,
    .channels = g->out_channels / g->groups,
    .rows = flat ? 1 : g->out_height,
    .columns = flat ? g->out_height * g->out_width : g->out_width,
    .row_stride = (ptrdiff_t)g->stride_height * conv->columns * g->in_channels,
    .column_stride = (ptrdiff_t)g->stride_width * g->in_channels,
    .acc_stride = g->out_channels,
  };
}

static const int16_t *group_weights(const qcc_packed_conv *conv, int64_t group) {
  return conv->weights + group * conv->blocks * conv->pairs * QCC_PAIR_STRIDE;
}

void qcc_conv2d_i32(const qcc_packed_conv *conv, const int16_t *x, int16_t pad, int32_t *acc, void *scratch) {
  const qcc_conv_geometry *g = &conv->g;
  if (!conv->direct) {
    int16_t *copy = qcc_aligned(scratch);
    qcc_copy_padded(g, conv->rows, conv->columns, x, pad, copy);
    memset(copy + plane_elements(conv) - QCC_COPY_SLACK, 0, QCC_COPY_SLACK * sizeof *copy);
    x = copy;
  }
  qcc_gemm gemm = gemm_of(conv);
  gemm.runs = conv->runs;
  gemm.run_count = conv->run_count;
  gemm.store = QCC_STORE_I32;
  for (int32_t group = 0; group < g->groups; group++) {
    gemm.weights = group_weights(conv, group);
    gemm.x = x + group * (g->in_channels / g->groups);
    gemm.acc = acc + group * gemm.channels;
    qcc_gemm_run(&gemm);
  }
}

void qcc_conv2d_i64(const qcc_packed_conv *conv, const int16_t *x, int16_t pad, int64_t *acc, void *scratch) {
  const qcc_conv_geometry *g = &conv->g;
  int16_t *low = qcc_aligned(scratch), *high = low + plane_elements(conv);
  if (!conv->direct) qcc_copy_padded(g, conv->rows, conv->columns, x, pad, low);
  qcc_split_bytes(conv->direct ? x : low, plane_elements(conv) - QCC_COPY_SLACK, low, high);
  memset(high - QCC_COPY_SLACK, 0, QCC_COPY_SLACK * sizeof *high);
  memset(high + plane_elements(conv) - QCC_COPY_SLACK, 0, QCC_COPY_SLACK * sizeof *high);

  qcc_gemm gemm = gemm_of(conv);
  for (int32_t group = 0; group < g->groups; group++) {
    gemm.acc = acc + group * gemm.channels;
    const int64_t first = group * (g->in_channels / g->groups);
    qcc_gemm_run_parts(&gemm, conv, group_weights(conv, group), low + first, high + first);
  }
}
