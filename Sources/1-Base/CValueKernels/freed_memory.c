#include "qcc_float.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void qcc_keep_freed_memory(void) {
#if defined(__GLIBC__)
  // 32 MiB is the most that glibc takes.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}
