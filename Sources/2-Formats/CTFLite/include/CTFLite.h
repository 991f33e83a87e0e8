#ifndef CTFLITE_H
#define CTFLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What stands in a TensorFlow Lite file, without a copy: everything here points into the file's bytes, which the caller keeps.
// Vectors may lie anywhere: their elements are not aligned.

typedef struct qcc_tfl_model qcc_tfl_model;

typedef struct {
  // Null where the file has none.
  const uint8_t *data;
  // Of elements, or of bytes of a text.
  size_t count;
} qcc_tfl_vector;

typedef struct {
  qcc_tfl_vector name;
  // int32
  qcc_tfl_vector shape;
  // The same with -1 for what may be any.
  qcc_tfl_vector signature;
  int type;
  uint32_t buffer;
  // float
  qcc_tfl_vector scales;
  // int64
  qcc_tfl_vector zero_points;
  int32_t quantized_dimension;
  // Quantized in another way than by scales.
  bool has_details;
  bool is_variable;
  bool is_sparse;
} qcc_tfl_tensor;

typedef struct {
  const char *name;
  double value;
} qcc_tfl_option;

typedef struct {
  uint32_t code;
  // int32, by tensor; -1 for none.
  qcc_tfl_vector inputs;
  qcc_tfl_vector outputs;
  // Null where there are none that are read.
  const char *options_name;
  qcc_tfl_option options[8];
  size_t option_count;
  // int32: the one option that is a list.
  qcc_tfl_vector list;
  // The one option that is a text.
  qcc_tfl_vector text;
} qcc_tfl_operator;

typedef struct {
  // `CONV_2D`; empty for an operator that this schema does not know.
  const char *name;
  int32_t code;
  qcc_tfl_vector custom_name;
  int32_t version;
} qcc_tfl_operator_code;

typedef struct {
  qcc_tfl_vector data;
  // Whether they lie behind the flatbuffer.
  bool is_outside;
} qcc_tfl_buffer;

typedef struct {
  qcc_tfl_vector name;
  size_t tensors;
  size_t operators;
  // int32, by tensor.
  qcc_tfl_vector inputs;
  qcc_tfl_vector outputs;
} qcc_tfl_subgraph;

// The model in bytes that are one as the library's verifier sees it: every table, vector and text lies within them. Null where they are
// none. The bytes begin at a multiple of 16.
const qcc_tfl_model *qcc_tfl_verified(const uint8_t *bytes, size_t size);

uint32_t qcc_tfl_version(const qcc_tfl_model *model);
size_t qcc_tfl_operator_codes(const qcc_tfl_model *model);
size_t qcc_tfl_subgraphs(const qcc_tfl_model *model);
size_t qcc_tfl_buffers(const qcc_tfl_model *model);

// Indices lie below the counts.
qcc_tfl_operator_code qcc_tfl_operator_code_at(const qcc_tfl_model *model, size_t index);
qcc_tfl_buffer qcc_tfl_buffer_at(const qcc_tfl_model *model, size_t index);
qcc_tfl_subgraph qcc_tfl_subgraph_at(const qcc_tfl_model *model, size_t index);
qcc_tfl_tensor qcc_tfl_tensor_at(const qcc_tfl_model *model, size_t subgraph, size_t index);
qcc_tfl_operator qcc_tfl_operator_at(const qcc_tfl_model *model, size_t subgraph, size_t index);

#ifdef __cplusplus
}
#endif

#endif
