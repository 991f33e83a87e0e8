/// How the C library keeps memory.
#ifndef QCC_HEAP_H
#define QCC_HEAP_H

/// Memory that was freed stays with the process: what is computed in turns takes and returns the same megabytes each time.
void qcc_keep_freed_memory(void);

/// For a process of some milliseconds: memory comes in large steps and large pages, and stays. A small page costs a microsecond
/// where it is touched first, and a network's compilation touches thousands of them.
void qcc_prepare_heap(void);

#endif
