/// Moments over blocks of rows. Private to the target.
#ifndef QCC_FLOAT_MOMENTS_H
#define QCC_FLOAT_MOMENTS_H

#include "float_windows.h"

/// Sums over so many rows are float32, those of the sums float64.
enum { QCC_MOMENT_ROWS = 128, QCC_MOMENT_LANES = 16 };

/// `qcc_f32_moments` where every group has one input and one output: channels lie side by side, and so do their moments in a
/// vector. Upper triangles alone. False where memory has run out.
bool qcc_f32_channel_moments(
  const qcc_windows *w, int64_t channels, int64_t step, const float *x, const float *y, double *moments);

#endif
