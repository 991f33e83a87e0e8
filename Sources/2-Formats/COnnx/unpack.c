#include <stdlib.h>

#include "COnnx.h"

// A message of two bytes may take a hundred when unpacked: what a file may take in all is counted as it is taken.
struct budget {
  size_t left;
  int is_over;
};

static void *take(void *data, size_t size) {
  struct budget *budget = data;
  if (size > budget->left) {
    budget->is_over = 1;
    return NULL;
  }
  budget->left -= size;
  return malloc(size);
}

static void give_back(void *data, void *pointer) {
  (void)data;
  free(pointer);
}

Onnx__ModelProto *qcc_onnx_unpack(const uint8_t *bytes, size_t size, size_t limit, int *over_budget) {
  struct budget budget = {limit, 0};
  ProtobufCAllocator allocator = {take, give_back, &budget};
  Onnx__ModelProto *model = onnx__model_proto__unpack(&allocator, size, bytes);
  *over_budget = budget.is_over;
  return model;
}

void qcc_onnx_free(Onnx__ModelProto *model) {
  onnx__model_proto__free_unpacked(model, NULL);
}
