#include <stdlib.h>
#include <string.h>

#include "qcc_requantize.h"

struct qcc_thresholds {
  size_t channels;
  /// Index of each channel's first threshold; its first code is at this plus the channel's number.
  size_t *first;
  int64_t *thresholds;
  int32_t *codes;
};

qcc_thresholds *qcc_pack_thresholds(
  size_t count, const size_t *counts, const int64_t *thresholds, const int32_t *codes) {
  if (count == 0) return NULL;
  qcc_thresholds *table = calloc(1, sizeof *table);
  if (!table) return NULL;
  table->channels = count;
  table->first = calloc(count + 1, sizeof *table->first);
  if (!table->first) {
    free(table);
    return NULL;
  }
  bool ascending = true;
  for (size_t c = 0; c < count; c++) {
    table->first[c + 1] = table->first[c] + counts[c];
    for (size_t i = table->first[c] + 1; i < table->first[c + 1]; i++) {
      ascending = ascending && thresholds[i - 1] <= thresholds[i];
    }
  }
  const size_t total = table->first[count];
  table->thresholds = calloc(total + 1, sizeof *table->thresholds);
  table->codes = calloc(total + count, sizeof *table->codes);
  if (!ascending || !table->thresholds || !table->codes) {
    qcc_free_thresholds(table);
    return NULL;
  }
  memcpy(table->thresholds, thresholds, total * sizeof *thresholds);
  memcpy(table->codes, codes, (total + count) * sizeof *codes);
  return table;
}

void qcc_free_thresholds(qcc_thresholds *table) {
  if (!table) return;
  free(table->first);
  free(table->thresholds);
  free(table->codes);
  free(table);
}

/// Number of thresholds <= acc: a binary search without branches.
static inline size_t count_reached(const int64_t *thresholds, size_t n, int64_t acc) {
  const int64_t *from = thresholds;
  while (n > 1) {
    const size_t half = n / 2;
    from += from[half - 1] <= acc ? half : 0;
    n -= half;
  }
  return (size_t)(from - thresholds) + (n == 1 && *from <= acc);
}

#define THRESHOLD(suffix, ACC, CODE)                                                                             \
  void qcc_threshold_##suffix(const qcc_thresholds *table, const ACC *acc, size_t positions, CODE *codes) {      \
    for (size_t p = 0; p < positions; p++, acc += table->channels, codes += table->channels) {                   \
      for (size_t c = 0; c < table->channels; c++) {                                                             \
        const size_t first = table->first[c];                                                                    \
        const size_t reached = count_reached(table->thresholds + first, table->first[c + 1] - first, acc[c]);    \
        codes[c] = (CODE)table->codes[first + c + reached];                                                      \
      }                                                                                                          \
    }                                                                                                            \
  }

THRESHOLD(i32_i16, int32_t, int16_t)
THRESHOLD(i32_i32, int32_t, int32_t)
THRESHOLD(i64_i16, int64_t, int16_t)
THRESHOLD(i64_i32, int64_t, int32_t)
