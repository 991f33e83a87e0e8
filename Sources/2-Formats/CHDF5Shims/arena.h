#pragma once
#include <stdatomic.h>
#include <stdint.h>

#define CHDF5_TEXT 1024

// Memory shared by the reading child (writes) and its parent (reads once the child has ended).
typedef struct {
  _Atomic uint64_t used;      // bytes of the snapshot so far
  _Atomic uint64_t progress;  // counts objects: shows the parent that the child is alive
  _Atomic uint32_t finished;  // 1 once `status` holds
  uint32_t status;            // chdf5_status
  int32_t code;               // errno
  uint64_t capacity;
  char object[CHDF5_TEXT];
  char message[CHDF5_TEXT];
  uint8_t bytes[];
} chdf5_arena;
