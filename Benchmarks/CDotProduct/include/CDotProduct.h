/// A plain C dot product, the yardstick of the kernel benchmark.
#ifndef CDOTPRODUCT_H
#define CDOTPRODUCT_H

#include <stddef.h>
#include <stdint.h>

/// Sum of `a[i] * b[i]`, vectorised by the compiler for the best instruction set of the machine.
int32_t dot_product(const int16_t *a, const int16_t *b, size_t elements);

/// A loop over one dot product instruction with its operands in registers: what a machine can do at most.
typedef struct {
  const char *instruction;
  /// Null where the benchmark knows none for this machine. What it returns means nothing.
  int32_t (*run)(size_t rounds);
  /// Multiply-accumulates per round.
  size_t macs;
} peak_loop;

/// For operands of `bits`, 8 or 16.
peak_loop dot_product_peak(int bits);

#endif
