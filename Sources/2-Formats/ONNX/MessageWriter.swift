import CProtobufC
import COnnx
import Numbers

/// Turns values into protobuf-c's structs, which point into the arena. Fields stand in the order of their numbers, and
/// nothing else decides their bytes: the same model makes the same file.
struct MessageWriter {
  let arena: MessageArena

  func model(_ model: ONNXModel) -> Onnx__ModelProto {
    var message = Onnx__ModelProto()
    onnx__model_proto__init(&message)
    (message.has_ir_version, message.ir_version) = (1, Int64(model.irVersion))
    if !model.producer.isEmpty { (message.has_producer_name, message.producer_name) = (1, arena.data(model.producer)) }
    message.graph = arena.message(graph(model.graph))
    message.n_opset_import = model.opsets.count
    message.opset_import = arena.messages(model.opsets.map { operatorSet($0.domain, $0.version) })
    return message
  }

  private func operatorSet(_ domain: String, _ version: Int) -> Onnx__OperatorSetIdProto {
    var message = Onnx__OperatorSetIdProto()
    onnx__operator_set_id_proto__init(&message)
    (message.has_domain, message.domain) = (1, arena.data(domain))
    (message.has_version, message.version) = (1, Int64(version))
    return message
  }

  private func graph(_ graph: ONNXGraph) -> Onnx__GraphProto {
    var message = Onnx__GraphProto()
    onnx__graph_proto__init(&message)
    (message.n_node, message.node) = (graph.nodes.count, arena.messages(graph.nodes.map(node)))
    (message.has_name, message.name) = (1, arena.data(graph.name))
    (message.n_initializer, message.initializer) = (
      graph.initializers.count, arena.messages(graph.initializers.map(tensor))
    )
    (message.n_input, message.input) = (graph.inputs.count, arena.messages(graph.inputs.map(valueInfo)))
    (message.n_output, message.output) = (graph.outputs.count, arena.messages(graph.outputs.map(valueInfo)))
    (message.n_value_info, message.value_info) = (graph.values.count, arena.messages(graph.values.map(valueInfo)))
    return message
  }

  private func node(_ node: ONNXNode) -> Onnx__NodeProto {
    var message = Onnx__NodeProto()
    onnx__node_proto__init(&message)
    (message.n_input, message.input) = (node.inputs.count, arena.data(node.inputs))
    (message.n_output, message.output) = (node.outputs.count, arena.data(node.outputs))
    (message.has_name, message.name) = (1, arena.data(node.name))
    (message.has_op_type, message.op_type) = (1, arena.data(node.operatorType))
    (message.n_attribute, message.attribute) = (node.attributes.count, arena.messages(node.attributes.map(attribute)))
    if !node.domain.isEmpty { (message.has_domain, message.domain) = (1, arena.data(node.domain)) }
    return message
  }

  private func attribute(_ name: String, _ value: ONNXAttribute) -> Onnx__AttributeProto {
    var message = Onnx__AttributeProto()
    onnx__attribute_proto__init(&message)
    (message.has_name, message.name) = (1, arena.data(name))
    message.has_type = 1
    switch value {
    case .float(let float): (message.type, message.has_f, message.f) = (1, 1, float)
    case .int(let int): (message.type, message.has_i, message.i) = (2, 1, Int64(int))
    case .string(let string): (message.type, message.has_s, message.s) = (3, 1, arena.data(string))
    case .tensor(let tensor): (message.type, message.t) = (4, arena.message(self.tensor(tensor)))
    case .floats(let floats):
      (message.type, message.n_floats, message.floats) = (6, floats.count, arena.array(floats))
    case .ints(let ints):
      (message.type, message.n_ints, message.ints) = (7, ints.count, arena.array(ints.map { Int64($0) }))
    case .strings(let strings):
      (message.type, message.n_strings, message.strings) = (8, strings.count, arena.data(strings))
    case .other(let kind): preconditionFailure("\(kind) is nothing that is written")
    }
    return message
  }

  private func tensor(_ tensor: ONNXTensor) -> Onnx__TensorProto {
    var message = Onnx__TensorProto()
    onnx__tensor_proto__init(&message)
    (message.n_dims, message.dims) = (tensor.shape.count, arena.array(tensor.shape.map { Int64($0) }))
    (message.has_data_type, message.data_type) = (1, Int32(tensor.typeCode))
    (message.has_name, message.name) = (1, arena.data(tensor.name))
    message.has_raw_data = 1
    switch (tensor.type, tensor.elements) {
    // Little-endian here as there.
    case (.float, .floats(let floats)): message.raw_data = floats.withUnsafeBytes { arena.data($0) }
    case (.double, .doubles(let doubles)): message.raw_data = doubles.withUnsafeBytes { arena.data($0) }
    case (let type?, .integers(let integers)):
      message.raw_data = type.bytes(of: integers).withUnsafeBytes { arena.data($0) }
    default: preconditionFailure("a tensor of \(tensor.type?.name ?? "no type") is nothing that is written")
    }
    return message
  }

  private func valueInfo(_ value: ONNXValueInfo) -> Onnx__ValueInfoProto {
    var shape = Onnx__TensorShapeProto()
    onnx__tensor_shape_proto__init(&shape)
    let dimensions = (value.shape ?? []).map(dimension)
    (shape.n_dim, shape.dim) = (dimensions.count, arena.messages(dimensions))
    var tensor = Onnx__TensorTypeProto()
    onnx__tensor_type_proto__init(&tensor)
    if let type = value.type { (tensor.has_elem_type, tensor.elem_type) = (1, Int32(type.rawValue)) }
    if value.shape != nil { tensor.shape = arena.message(shape) }
    var type = Onnx__TypeProto()
    onnx__type_proto__init(&type)
    type.tensor_type = arena.message(tensor)
    var message = Onnx__ValueInfoProto()
    onnx__value_info_proto__init(&message)
    (message.has_name, message.name) = (1, arena.data(value.name))
    message.type = arena.message(type)
    return message
  }

  private func dimension(_ dimension: ONNXValueInfo.Dimension) -> Onnx__DimensionProto {
    var message = Onnx__DimensionProto()
    onnx__dimension_proto__init(&message)
    switch dimension {
    case .fixed(let extent): (message.has_dim_value, message.dim_value) = (1, Int64(extent))
    case .symbolic(let name): (message.has_dim_param, message.dim_param) = (1, arena.data(name))
    }
    return message
  }
}

extension ONNXElementType {
  /// As `raw_data` has them: little-endian, 2- and 4-bit ones several to a byte, the first in its lowest bits.
  func bytes(of integers: IntegerArray) -> [UInt8] {
    guard let bits, range != nil else { preconditionFailure("\(name) is no integer type") }
    if bits < 8 {
      let perByte = 8 / bits
      var bytes = [UInt8](repeating: 0, count: (integers.count + perByte - 1) / perByte)
      for (index, integer) in integers.enumerated() {
        bytes[index / perByte] |= UInt8(truncatingIfNeeded: integer & (1 << bits - 1)) << (index % perByte * bits)
      }
      return bytes
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(integers.count * bits / 8)
    for integer in integers {
      for shift in stride(from: 0, to: bits, by: 8) { bytes.append(UInt8(truncatingIfNeeded: integer >> shift)) }
    }
    return bytes
  }
}
