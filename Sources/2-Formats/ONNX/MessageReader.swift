import COnnx
import CProtobufC
import Diagnostics

/// Turns protobuf-c's structs into values; what is wrong with them is collected.
struct MessageReader {
  private let parsed: ParsedModel
  let file: String
  var problems = Diagnostics()

  init(_ parsed: ParsedModel, file: String) {
    self.parsed = parsed
    self.file = file
  }

  var location: Diagnostic.Location { .init(file: file) }

  mutating func model() -> ONNXModel? {
    let message = parsed.message.pointee
    guard let graph = message.graph?.pointee else {
      problems.report("the model has no graph", at: location, supported: "ONNX models of IR version 4 to 14")
      return nil
    }
    let opsets = messages(message.opset_import, message.n_opset_import).map {
      (domain: domain($0.domain, "an operator set's domain"), version: Int($0.version))
    }
    return ONNXModel(
      irVersion: Int(message.ir_version), opsets: opsets, graph: self.graph(graph), functions: message.n_functions)
  }

  private mutating func graph(_ message: Onnx__GraphProto) -> ONNXGraph {
    ONNXGraph(
      name: text(message.name, "the graph's name"),
      nodes: messages(message.node, message.n_node).map { node($0) },
      initializers: messages(message.initializer, message.n_initializer).map { tensor($0) },
      inputs: messages(message.input, message.n_input).map { valueInfo($0) },
      outputs: messages(message.output, message.n_output).map { valueInfo($0) },
      values: messages(message.value_info, message.n_value_info).map { valueInfo($0) },
      sparseInitializers: message.n_sparse_initializer)
  }

  private mutating func node(_ message: Onnx__NodeProto) -> ONNXNode {
    ONNXNode(
      text(message.op_type, "an operator's name"), name: text(message.name, "a node's name"),
      domain: domain(message.domain, "an operator's domain"),
      inputs: texts(message.input, message.n_input, "a tensor's name"),
      outputs: texts(message.output, message.n_output, "a tensor's name"),
      attributes: messages(message.attribute, message.n_attribute).map {
        (text($0.name, "an attribute's name"), attribute($0))
      })
  }

  private mutating func attribute(_ message: Onnx__AttributeProto) -> ONNXAttribute {
    if message.ref_attr_name.len > 0 { return .other(kind: "a reference to a function's attribute") }
    switch message.type {
    case 1: return .float(message.f)
    case 2: return .int(Int(message.i))
    case 3: return .string(text(message.s, "an attribute's text"))
    case 4:
      guard let tensor = message.t?.pointee else { return .other(kind: "a tensor that is not there") }
      return .tensor(self.tensor(tensor))
    case 5: return .other(kind: "a graph")
    case 6: return .floats(Array(UnsafeBufferPointer(start: message.floats, count: message.n_floats)))
    case 7: return .ints(UnsafeBufferPointer(start: message.ints, count: message.n_ints).map { Int($0) })
    case 8: return .strings(texts(message.strings, message.n_strings, "an attribute's text"))
    default: return .other(kind: "an attribute of type \(message.type)")
    }
  }

  private mutating func tensor(_ message: Onnx__TensorProto) -> ONNXTensor {
    let name = text(message.name, "a tensor's name")
    let dims = UnsafeBufferPointer(start: message.dims, count: message.n_dims).map { Int($0) }
    var place = location
    place.tensor = name
    let tensor = problems.collecting {
      try TensorReader(message: message, name: name, shape: dims, location: place).read()
    }
    return tensor ?? ONNXTensor(name: name, shape: [0], floats: [])
  }

  private mutating func valueInfo(_ message: Onnx__ValueInfoProto) -> ONNXValueInfo {
    let name = text(message.name, "a tensor's name")
    guard let type = message.type?.pointee, let tensor = type.tensor_type?.pointee else {
      let type = message.type?.pointee
      let kind: String? =
        if type?.has_sequence_type == 1 {
          "a sequence"
        } else if type?.has_map_type == 1 {
          "a map"
        } else if type?.has_sparse_tensor_type == 1 {
          "a sparse tensor"
        } else if type?.has_optional_type == 1 {
          "an optional"
        } else {
          nil
        }
      return ONNXValueInfo(name: name, type: nil, shape: nil, otherKind: kind)
    }
    let shape = tensor.shape.map { shape in
      messages(shape.pointee.dim, shape.pointee.n_dim).map { dimension -> ONNXValueInfo.Dimension in
        dimension.has_dim_value == 1
          ? .fixed(Int(dimension.dim_value)) : .symbolic(text(dimension.dim_param, "a dimension's name"))
      }
    }
    return ONNXValueInfo(name: name, type: ONNXElementType(rawValue: Int(tensor.elem_type)), shape: shape)
  }

  // MARK: What messages are made of

  private func messages<Message>(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
  ) -> [Message] {
    UnsafeBufferPointer(start: pointers, count: count).compactMap { $0?.pointee }
  }

  /// Names are UTF-8 without zero bytes.
  private mutating func text(_ data: ProtobufCBinaryData, _ what: String) -> String {
    let bytes = UnsafeBufferPointer(start: data.data, count: data.len)
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      problems.report("\(what) is not UTF-8: '\(String(decoding: bytes, as: UTF8.self))'", at: location)
      return ""
    }
    return text
  }

  /// ONNX' own has two names.
  private mutating func domain(_ data: ProtobufCBinaryData, _ what: String) -> String {
    let name = text(data, what)
    return name == "ai.onnx" ? "" : name
  }

  private mutating func texts(
    _ data: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int, _ what: String
  ) -> [String] {
    UnsafeBufferPointer(start: data, count: count).map { text($0, what) }
  }
}

/// A model that protobuf-c took apart; its memory is freed when nothing points into it any more.
final class ParsedModel: @unchecked Sendable {
  let message: UnsafeMutablePointer<Onnx__ModelProto>

  /// - Returns: nil where the bytes are no such message.
  init?(_ bytes: [UInt8], isTooLarge: inout Bool) {
    // What small hardware runs has few nodes and much data: the data itself once more, and room for nodes.
    let budget = 2 * bytes.count + 64 << 20
    var overBudget: Int32 = 0
    let unpacked = bytes.withUnsafeBufferPointer { qcc_onnx_unpack($0.baseAddress, $0.count, budget, &overBudget) }
    isTooLarge = overBudget != 0
    guard let unpacked else { return nil }
    message = unpacked
  }

  deinit {
    qcc_onnx_free(message)
  }
}

/// Memory of the structs that protobuf-c packs; it lives as long as the arena.
final class MessageArena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  func message<Message>(_ message: Message) -> UnsafeMutablePointer<Message> {
    let pointer = UnsafeMutablePointer<Message>.allocate(capacity: 1)
    pointer.initialize(to: message)
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    pointer.initialize(from: elements, count: elements.count)
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  func messages<Message>(_ messages: [Message]) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
    array(messages.map { message($0) })
  }

  func data(_ bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    copy.copyMemory(from: bytes)
    if let block = copy.baseAddress { blocks.append(block) }
    return ProtobufCBinaryData(len: bytes.count, data: copy.baseAddress?.assumingMemoryBound(to: UInt8.self))
  }

  func data(_ text: String) -> ProtobufCBinaryData {
    Array(text.utf8).withUnsafeBytes { data($0) }
  }

  func data(_ texts: [String]) -> UnsafeMutablePointer<ProtobufCBinaryData> {
    array(texts.map { data($0) })
  }
}
