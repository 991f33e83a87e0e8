#include "input_copy.h"

#include <stddef.h>
#include <string.h>

static int16_t *fill(int16_t *out, int64_t count, int16_t value) {
  for (int64_t i = 0; i < count; i++) out[i] = value;
  return out + count;
}

void qcc_copy_padded(
  const qcc_conv_geometry *g, int32_t rows, int32_t columns, const int16_t *x, int16_t pad, int16_t *out) {
  const int64_t channels = g->in_channels;
  const int64_t left = g->pad_left < columns ? g->pad_left : columns;
  const int64_t inside = columns - left < g->in_width ? columns - left : g->in_width;
  const int64_t right = columns - left - inside;
  for (int32_t row = 0; row < rows; row++) {
    const int64_t from = (int64_t)row - g->pad_top;
    if (from < 0 || from >= g->in_height) {
      out = fill(out, columns * channels, pad);
      continue;
    }
    out = fill(out, left * channels, pad);
    memcpy(out, x + from * g->in_width * channels, (size_t)(inside * channels) * sizeof *out);
    out = fill(out + inside * channels, right * channels, pad);
  }
}

void qcc_split_bytes(const int16_t *x, int64_t elements, int16_t *low, int16_t *high) {
  for (int64_t i = 0; i < elements; i++) {
    const int16_t value = x[i];
    high[i] = (int16_t)((value >> 8) + ((value >> 7) & 1));
    low[i] = (int8_t)(uint8_t)((uint16_t)value & 0xFF);
  }
}
