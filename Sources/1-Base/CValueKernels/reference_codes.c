#include "isa.h"
#include "qcc_reference.h"

// The same doubts on every machine.
#pragma STDC FP_CONTRACT OFF

QCC_INLINE double larger(double a, double b) { return a > b ? a : b; }
QCC_INLINE double smaller(double a, double b) { return a < b ? a : b; }
QCC_INLINE double clamped(double v, double lower, double upper) { return smaller(larger(v, lower), upper); }
QCC_INLINE double clipped(const qcc_ref_steps *s, double v) { return clamped(v, s->lower, s->upper); }
QCC_INLINE double magnitude(double v) { return __builtin_fabs(v); }

/// Comparisons are written so that what is no number is in doubt.
QCC_INLINE bool is_certain(const qcc_ref_steps *s, const qcc_ref_bounds *b, double value, double error, int64_t code) {
  const double result = clipped(s, value), reach = error + b->offset;
  const double carried =
    larger(magnitude(clipped(s, value - reach) - result), magnitude(clipped(s, value + reach) - result));
  const double bound = carried + b->unit * (magnitude(result) + carried + b->magnitude);
  const double position = result * s->gain + s->bias, around = magnitude(s->gain) * bound;
  const double margin = around + s->unit * (magnitude(position) + around + 2 * magnitude(s->bias));
  // Clamped, so that the outermost codes reach as far as numbers do.
  const double least = clamped(position - margin, s->lowest, s->highest);
  const double most = clamped(position + margin, s->lowest, s->highest);
  const double wanted = (double)(int64_t)((uint64_t)code - (uint64_t)s->zero_point);
  return (value == value) & (error >= 0) & (margin < 0.5) & (least > wanted - 0.5) & (most < wanted + 0.5);
}

QCC_INLINE size_t doubtful(
  const qcc_ref_steps *s, const qcc_ref_bounds *b, size_t first, size_t end, const size_t step, const double *values,
  const double *errors, const int64_t *codes, bool *marks) {
  size_t doubts = 0;
  for (size_t i = first; i < end; i += step) {
    const bool doubt = !is_certain(s, b, values[i], errors[i], codes[i]);
    marks[i] = doubt;
    doubts += doubt;
  }
  return doubts;
}

QCC_INLINE size_t doubtful_body(
  const qcc_ref_steps *s, const qcc_ref_bounds *b, size_t first, size_t end, size_t step, const double *restrict values,
  const double *restrict errors, const int64_t *restrict codes, bool *restrict marks) {
  return step == 1 ? doubtful(s, b, first, end, 1, values, errors, codes, marks)
                   : doubtful(s, b, first, end, step, values, errors, codes, marks);
}

QCC_DISPATCH_RESULT(
  size_t, qcc_ref_doubtful,
  (const qcc_ref_steps *steps, const qcc_ref_bounds *bounds, size_t first, size_t end, size_t step, const double *values,
   const double *errors, const int64_t *codes, bool *marks),
  doubtful_body, (steps, bounds, first, end, step, values, errors, codes, marks))
