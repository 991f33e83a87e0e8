#include "input_copy.h"

#include <stddef.h>
#include <string.h>

uint8_t *qcc_fill_codes(uint8_t *out, int64_t count, int32_t bytes, int32_t code) {
  if (bytes == 1) {
    memset(out, code, (size_t)count);
  } else {
    for (int64_t i = 0; i < count; i++) ((int16_t *)out)[i] = (int16_t)code;
  }
  return out + count * bytes;
}

void qcc_copy_padded(
  const qcc_conv_geometry *g, int32_t rows, int32_t columns, int32_t bytes, const uint8_t *x, int32_t pad, uint8_t *out) {
  const int64_t channels = g->in_channels;
  const int64_t left = g->pad_left < columns ? g->pad_left : columns;
  const int64_t inside = columns - left < g->in_width ? columns - left : g->in_width;
  const int64_t right = columns - left - inside;
  for (int32_t row = 0; row < rows; row++) {
    const int64_t from = (int64_t)row - g->pad_top;
    if (from < 0 || from >= g->in_height) {
      out = qcc_fill_codes(out, columns * channels, bytes, pad);
      continue;
    }
    out = qcc_fill_codes(out, left * channels, bytes, pad);
    memcpy(out, x + from * g->in_width * channels * bytes, (size_t)(inside * channels * bytes));
    out = qcc_fill_codes(out + inside * channels * bytes, right * channels, bytes, pad);
  }
}

void qcc_split_bytes(const int16_t *x, int64_t elements, int16_t *low, int16_t *high) {
  for (int64_t i = 0; i < elements; i++) {
    const int16_t value = x[i];
    high[i] = (int16_t)((value >> 8) + ((value >> 7) & 1));
    low[i] = (int8_t)(uint8_t)((uint16_t)value & 0xFF);
  }
}
