#include "CTFLite.h"

#include "schema.h"

using namespace qcc::tflite;

namespace {

const Model *model_of(const qcc_tfl_model *model) { return reinterpret_cast<const Model *>(model); }

template <typename Element>
qcc_tfl_vector vector_of(const flatbuffers::Vector<Element> *vector) {
  return vector ? qcc_tfl_vector{vector->Data(), vector->size()} : qcc_tfl_vector{nullptr, 0};
}

qcc_tfl_vector text_of(const flatbuffers::String *text) {
  return text ? qcc_tfl_vector{text->Data(), text->size()} : qcc_tfl_vector{nullptr, 0};
}

template <typename Element>
size_t count(const flatbuffers::Vector<Element> *vector) {
  return vector ? vector->size() : 0;
}

// The options of an operator, by their names in the schema.
struct Options {
  qcc_tfl_operator &result;

  template <typename Value>
  Options &operator()(const char *name, Value value) {
    result.options[result.option_count++] = {name, static_cast<double>(value)};
    return *this;
  }
};

#define OPTION(field) (#field, options->field())

void read_options(const Operator *op, qcc_tfl_operator &result) {
  Options read{result};
  result.options_name = EnumNameBuiltinOptions(op->builtin_options_type());
  switch (op->builtin_options_type()) {
    case BuiltinOptions::Conv2DOptions:
      if (auto options = op->builtin_options_as_Conv2DOptions()) {
        read OPTION(padding) OPTION(stride_w) OPTION(stride_h) OPTION(fused_activation_function)
            OPTION(dilation_w_factor) OPTION(dilation_h_factor) OPTION(quantized_bias_type);
      }
      break;
    case BuiltinOptions::DepthwiseConv2DOptions:
      if (auto options = op->builtin_options_as_DepthwiseConv2DOptions()) {
        read OPTION(padding) OPTION(stride_w) OPTION(stride_h) OPTION(depth_multiplier)
            OPTION(fused_activation_function) OPTION(dilation_w_factor) OPTION(dilation_h_factor);
      }
      break;
    case BuiltinOptions::Pool2DOptions:
      if (auto options = op->builtin_options_as_Pool2DOptions()) {
        read OPTION(padding) OPTION(stride_w) OPTION(stride_h) OPTION(filter_width) OPTION(filter_height)
            OPTION(fused_activation_function);
      }
      break;
    case BuiltinOptions::FullyConnectedOptions:
      if (auto options = op->builtin_options_as_FullyConnectedOptions()) {
        read OPTION(fused_activation_function) OPTION(weights_format) OPTION(keep_num_dims)
            OPTION(asymmetric_quantize_inputs) OPTION(quantized_bias_type);
      }
      break;
    case BuiltinOptions::TransposeConvOptions:
      if (auto options = op->builtin_options_as_TransposeConvOptions()) {
        read OPTION(padding) OPTION(stride_w) OPTION(stride_h) OPTION(fused_activation_function)
            OPTION(quantized_bias_type);
      }
      break;
    case BuiltinOptions::SoftmaxOptions:
      if (auto options = op->builtin_options_as_SoftmaxOptions()) read OPTION(beta);
      break;
    case BuiltinOptions::ConcatenationOptions:
      if (auto options = op->builtin_options_as_ConcatenationOptions()) {
        read OPTION(axis) OPTION(fused_activation_function);
      }
      break;
    case BuiltinOptions::AddOptions:
      if (auto options = op->builtin_options_as_AddOptions()) {
        read OPTION(fused_activation_function) OPTION(pot_scale_int16);
      }
      break;
    case BuiltinOptions::SubOptions:
      if (auto options = op->builtin_options_as_SubOptions()) {
        read OPTION(fused_activation_function) OPTION(pot_scale_int16);
      }
      break;
    case BuiltinOptions::MulOptions:
      if (auto options = op->builtin_options_as_MulOptions()) read OPTION(fused_activation_function);
      break;
    case BuiltinOptions::ResizeBilinearOptions:
      if (auto options = op->builtin_options_as_ResizeBilinearOptions()) {
        read OPTION(align_corners) OPTION(half_pixel_centers);
      }
      break;
    case BuiltinOptions::ResizeNearestNeighborOptions:
      if (auto options = op->builtin_options_as_ResizeNearestNeighborOptions()) {
        read OPTION(align_corners) OPTION(half_pixel_centers);
      }
      break;
    case BuiltinOptions::ReshapeOptions:
      if (auto options = op->builtin_options_as_ReshapeOptions()) result.list = vector_of(options->new_shape());
      break;
    case BuiltinOptions::SqueezeOptions:
      if (auto options = op->builtin_options_as_SqueezeOptions()) result.list = vector_of(options->squeeze_dims());
      break;
    case BuiltinOptions::ReducerOptions:
      if (auto options = op->builtin_options_as_ReducerOptions()) read OPTION(keep_dims);
      break;
    case BuiltinOptions::StridedSliceOptions:
      if (auto options = op->builtin_options_as_StridedSliceOptions()) {
        read OPTION(begin_mask) OPTION(end_mask) OPTION(ellipsis_mask) OPTION(new_axis_mask) OPTION(shrink_axis_mask)
            OPTION(offset);
      }
      break;
    case BuiltinOptions::SplitOptions:
      if (auto options = op->builtin_options_as_SplitOptions()) read OPTION(num_splits);
      break;
    case BuiltinOptions::SplitVOptions:
      if (auto options = op->builtin_options_as_SplitVOptions()) read OPTION(num_splits);
      break;
    case BuiltinOptions::SpaceToDepthOptions:
      if (auto options = op->builtin_options_as_SpaceToDepthOptions()) read OPTION(block_size);
      break;
    case BuiltinOptions::DepthToSpaceOptions:
      if (auto options = op->builtin_options_as_DepthToSpaceOptions()) read OPTION(block_size);
      break;
    case BuiltinOptions::CallOnceOptions:
      if (auto options = op->builtin_options_as_CallOnceOptions()) read OPTION(init_subgraph_index);
      break;
    case BuiltinOptions::VarHandleOptions:
      if (auto options = op->builtin_options_as_VarHandleOptions()) result.text = text_of(options->shared_name());
      break;
    case BuiltinOptions::PackOptions:
      if (auto options = op->builtin_options_as_PackOptions()) read OPTION(values_count) OPTION(axis);
      break;
    case BuiltinOptions::UnpackOptions:
      if (auto options = op->builtin_options_as_UnpackOptions()) read OPTION(num) OPTION(axis);
      break;
    case BuiltinOptions::LeakyReluOptions:
      if (auto options = op->builtin_options_as_LeakyReluOptions()) read OPTION(alpha);
      break;
    case BuiltinOptions::MirrorPadOptions:
      if (auto options = op->builtin_options_as_MirrorPadOptions()) read OPTION(mode);
      break;
    case BuiltinOptions::GatherOptions:
      if (auto options = op->builtin_options_as_GatherOptions()) read OPTION(axis) OPTION(batch_dims);
      break;
    default:
      break;
  }
}

}  // namespace

const qcc_tfl_model *qcc_tfl_verified(const uint8_t *bytes, size_t size) {
  flatbuffers::Verifier verifier(bytes, size);
  return VerifyModelBuffer(verifier) ? reinterpret_cast<const qcc_tfl_model *>(GetModel(bytes)) : nullptr;
}

uint32_t qcc_tfl_version(const qcc_tfl_model *model) { return model_of(model)->version(); }
size_t qcc_tfl_operator_codes(const qcc_tfl_model *model) { return count(model_of(model)->operator_codes()); }
size_t qcc_tfl_subgraphs(const qcc_tfl_model *model) { return count(model_of(model)->subgraphs()); }
size_t qcc_tfl_buffers(const qcc_tfl_model *model) { return count(model_of(model)->buffers()); }

qcc_tfl_operator_code qcc_tfl_operator_code_at(const qcc_tfl_model *model, size_t index) {
  auto code = model_of(model)->operator_codes()->Get(static_cast<flatbuffers::uoffset_t>(index));
  // Old files have the one, new ones both.
  auto number = std::max(static_cast<int32_t>(code->builtin_code()), static_cast<int32_t>(code->deprecated_builtin_code()));
  return {
    EnumNameBuiltinOperator(static_cast<BuiltinOperator>(number)), number, text_of(code->custom_code()), code->version()};
}

qcc_tfl_buffer qcc_tfl_buffer_at(const qcc_tfl_model *model, size_t index) {
  auto buffer = model_of(model)->buffers()->Get(static_cast<flatbuffers::uoffset_t>(index));
  return {vector_of(buffer->data()), buffer->offset() > 1};
}

qcc_tfl_subgraph qcc_tfl_subgraph_at(const qcc_tfl_model *model, size_t index) {
  auto graph = model_of(model)->subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index));
  return {
    text_of(graph->name()), count(graph->tensors()), count(graph->operators()), vector_of(graph->inputs()),
    vector_of(graph->outputs())};
}

qcc_tfl_tensor qcc_tfl_tensor_at(const qcc_tfl_model *model, size_t subgraph, size_t index) {
  auto graph = model_of(model)->subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(subgraph));
  auto tensor = graph->tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
  qcc_tfl_tensor result = {};
  result.name = text_of(tensor->name());
  result.shape = vector_of(tensor->shape());
  result.signature = vector_of(tensor->shape_signature());
  result.type = static_cast<int>(tensor->type());
  result.buffer = tensor->buffer();
  if (auto quantization = tensor->quantization()) {
    result.scales = vector_of(quantization->scale());
    result.zero_points = vector_of(quantization->zero_point());
    result.quantized_dimension = quantization->quantized_dimension();
    result.has_details = quantization->details_type() != 0;
  }
  result.is_variable = tensor->is_variable();
  result.is_sparse = tensor->sparsity() != nullptr;
  return result;
}

qcc_tfl_operator qcc_tfl_operator_at(const qcc_tfl_model *model, size_t subgraph, size_t index) {
  auto graph = model_of(model)->subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(subgraph));
  auto op = graph->operators()->Get(static_cast<flatbuffers::uoffset_t>(index));
  qcc_tfl_operator result = {};
  result.code = op->opcode_index();
  result.inputs = vector_of(op->inputs());
  result.outputs = vector_of(op->outputs());
  read_options(op, result);
  return result;
}
