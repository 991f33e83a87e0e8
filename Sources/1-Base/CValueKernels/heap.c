// sbrk
#define _DEFAULT_SOURCE
#include "qcc_heap.h"

#include <stdint.h>
#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

void qcc_keep_freed_memory(void) {
#if defined(__GLIBC__)
  // 32 MiB is the most that glibc takes.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

void qcc_prepare_heap(void) {
#if defined(__GLIBC__)
  enum { STEP = 16 << 20, LARGE_PAGE = 2 << 20 };
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 4 * STEP);
  mallopt(M_TOP_PAD, STEP);
  // More than the heap has at first: it takes a step.
  void *volatile first = malloc(1 << 18);
  free(first);
  const uintptr_t end = (uintptr_t)sbrk(0), start = (end - STEP + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
  // Where the heap has another place it has small pages.
  madvise((void *)start, end - start, MADV_HUGEPAGE);
#endif
}
