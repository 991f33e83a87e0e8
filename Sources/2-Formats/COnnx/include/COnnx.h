// ONNX files through protobuf-c: the messages of schemas/onnx.proto, generated, and what keeps a file from taking the memory.
#ifndef QCC_ONNX_H
#define QCC_ONNX_H

#include <stddef.h>
#include <stdint.h>

#include "onnx.pb-c.h"

// The model in `size` bytes, or NULL where they are no such message or would take more than `budget` bytes of memory;
// `over_budget` says which. Free with `qcc_onnx_free`.
Onnx__ModelProto *qcc_onnx_unpack(const uint8_t *bytes, size_t size, size_t budget, int *over_budget);

void qcc_onnx_free(Onnx__ModelProto *model);

#endif
