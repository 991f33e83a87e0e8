#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "qcc_requantize.h"

/// One channel's table. Accumulators between the first and the last threshold fall into buckets of equal width, which
/// say where to look: a table of evenly spread thresholds is one look-up, any other a short binary search.
typedef struct {
  /// One more behind the last, which no accumulator reaches.
  const int64_t *thresholds;
  const int32_t *codes;
  /// Thresholds at or below each bucket's lowest accumulator; one more for the end.
  const uint32_t *reached;
  size_t count;
  /// log2 of a bucket's width.
  int32_t bucket_shift;
  /// Whether no bucket holds more than one threshold above its lowest accumulator.
  bool is_even;
} table_channel;

struct qcc_thresholds {
  size_t count;
  table_channel *channels;
  int64_t *thresholds;
  int32_t *codes;
  uint32_t *reached;
};

/// Buckets of a channel with `count` thresholds, at most: small tables can afford finer ones.
static size_t most_buckets(size_t count) { return count <= 4096 ? 4 * count + 64 : count; }

static int32_t bucket_shift(const int64_t *thresholds, size_t count) {
  if (count == 0) return 0;
  const uint64_t span = (uint64_t)thresholds[count - 1] - (uint64_t)thresholds[0];
  int32_t shift = 0;
  while (span >> shift >= most_buckets(count)) shift++;
  return shift;
}

static void fill_buckets(table_channel *channel, uint32_t *reached) {
  channel->reached = reached;
  if (channel->count == 0) return;
  const int64_t *thresholds = channel->thresholds;
  const uint64_t span = (uint64_t)thresholds[channel->count - 1] - (uint64_t)thresholds[0];
  const uint64_t buckets = (span >> channel->bucket_shift) + 1;
  uint32_t at = 0;
  for (uint64_t bucket = 0; bucket < buckets; bucket++) {
    const uint64_t start = bucket << channel->bucket_shift;
    while (at < channel->count && (uint64_t)thresholds[at] - (uint64_t)thresholds[0] <= start) at++;
    reached[bucket] = at;
  }
  reached[buckets] = (uint32_t)channel->count;
  channel->is_even = thresholds[channel->count - 1] < INT64_MAX;
  for (uint64_t bucket = 0; bucket < buckets; bucket++) {
    if (reached[bucket + 1] > reached[bucket] + 1) channel->is_even = false;
  }
}

static bool ascends(const int64_t *thresholds, size_t count) {
  for (size_t i = 1; i < count; i++) {
    if (thresholds[i - 1] > thresholds[i]) return false;
  }
  return true;
}

qcc_thresholds *qcc_pack_thresholds(
  size_t count, const size_t *counts, const int64_t *thresholds, const int32_t *codes) {
  if (count == 0) return NULL;
  size_t total = 0, buckets = 0;
  for (size_t c = 0; c < count; c++) {
    if (counts[c] > UINT32_MAX / 16 || !ascends(thresholds + total, counts[c])) return NULL;
    total += counts[c];
    buckets += most_buckets(counts[c]) + 1;
  }
  qcc_thresholds *table = calloc(1, sizeof *table);
  if (!table) return NULL;
  table->count = count;
  table->channels = calloc(count, sizeof *table->channels);
  table->thresholds = calloc(total + count, sizeof *table->thresholds);
  table->codes = calloc(total + count, sizeof *table->codes);
  table->reached = calloc(buckets, sizeof *table->reached);
  if (!table->channels || !table->thresholds || !table->codes || !table->reached) {
    qcc_free_thresholds(table);
    return NULL;
  }
  memcpy(table->codes, codes, (total + count) * sizeof *codes);
  size_t first = 0;
  uint32_t *reached = table->reached;
  for (size_t c = 0; c < count; c++) {
    table_channel *channel = &table->channels[c];
    int64_t *own = table->thresholds + first + c;
    memcpy(own, thresholds + first, counts[c] * sizeof *thresholds);
    own[counts[c]] = INT64_MAX;
    channel->thresholds = own;
    channel->codes = table->codes + first + c;
    channel->count = counts[c];
    channel->bucket_shift = bucket_shift(channel->thresholds, counts[c]);
    fill_buckets(channel, reached);
    first += counts[c];
    reached += most_buckets(counts[c]) + 1;
  }
  return table;
}

void qcc_free_thresholds(qcc_thresholds *table) {
  if (!table) return;
  free(table->channels);
  free(table->thresholds);
  free(table->codes);
  free(table->reached);
  free(table);
}

static inline int32_t look_up(const table_channel *channel, int64_t acc) {
  const size_t count = channel->count;
  const int64_t *thresholds = channel->thresholds;
  if (channel->is_even) {
    // Without a branch on the accumulator, which nobody foresees.
    const int64_t first = thresholds[0], last = thresholds[count - 1];
    const int64_t inside = acc < first ? first : acc > last ? last : acc;
    const uint32_t low = channel->reached[((uint64_t)inside - (uint64_t)first) >> channel->bucket_shift];
    const uint32_t reached = low + (thresholds[low] <= inside ? 1 : 0);
    return channel->codes[acc < first ? 0 : reached];
  }
  if (count == 0 || acc < thresholds[0]) return channel->codes[0];
  if (acc >= thresholds[count - 1]) return channel->codes[count];
  const uint64_t bucket = ((uint64_t)acc - (uint64_t)thresholds[0]) >> channel->bucket_shift;
  size_t low = channel->reached[bucket], high = channel->reached[bucket + 1];
  while (channel->bucket_shift > 0 && low < high) {
    const size_t middle = low + (high - low) / 2;
    if (thresholds[middle] <= acc) low = middle + 1;
    else high = middle;
  }
  return channel->codes[low];
}

#define THRESHOLD(suffix, ACC, CODE)                                                                        \
  void qcc_threshold_##suffix(const qcc_thresholds *table, const ACC *acc, size_t positions, CODE *codes) { \
    const size_t count = table->count;                                                                      \
    for (size_t p = 0; p < positions; p++, acc += count, codes += count) {                                  \
      for (size_t c = 0; c < count; c++) codes[c] = (CODE)look_up(&table->channels[c], acc[c]);             \
    }                                                                                                       \
  }

THRESHOLD(i32_u8, int32_t, uint8_t)
THRESHOLD(i32_i16, int32_t, int16_t)
THRESHOLD(i32_i32, int32_t, int32_t)
THRESHOLD(i64_u8, int64_t, uint8_t)
THRESHOLD(i64_i16, int64_t, int16_t)
THRESHOLD(i64_i32, int64_t, int32_t)
