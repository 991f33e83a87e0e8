#include "CDotProduct.h"

#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#endif
int32_t dot_product(const int16_t *a, const int16_t *b, size_t elements) {
  int32_t sum = 0;
  for (size_t i = 0; i < elements; i++) sum += a[i] * b[i];
  return sum;
}
