/// A plain C dot product, the yardstick of the kernel benchmark.
#ifndef CDOTPRODUCT_H
#define CDOTPRODUCT_H

#include <stddef.h>
#include <stdint.h>

/// Sum of `a[i] * b[i]`, vectorised by the compiler for the best instruction set of the machine.
int32_t dot_product(const int16_t *a, const int16_t *b, size_t elements);

#endif
