import CTFLite
import Diagnostics
import Files

/// Turns verified tables into values. Tables of a flatbuffer may share what they hold: what is copied is counted, for a small file
/// can ask for any amount.
struct TableReader {
  private let model: OpaquePointer
  private let bytes: [UInt8]
  private let base: UnsafePointer<UInt8>
  private let location: Diagnostic.Location
  private var memory: MemoryBudget

  init(
    _ model: OpaquePointer, bytes: [UInt8], base: UnsafePointer<UInt8>, file: String, memory: MemoryBudget
  ) {
    self.model = model
    self.bytes = bytes
    self.base = base
    self.memory = memory
    location = .init(file: file)
  }

  mutating func contents() throws -> TFLiteModel {
    var result = TFLiteModel(version: Int(qcc_tfl_version(model)), bytes: bytes, memory: memory)
    result.operatorCodes = try (0..<qcc_tfl_operator_codes(model)).map { try operatorCode($0) }
    result.subgraphs = try (0..<qcc_tfl_subgraphs(model)).map { try subgraph($0) }
    result.buffers = try (0..<qcc_tfl_buffers(model)).map { index in
      let buffer = qcc_tfl_buffer_at(model, index)
      try require(
        !buffer.is_outside, "buffer \(index) lies behind the flatbuffer", at: location,
        supported: "files of less than 2 GB, with all constants inside", fix: "convert the network again")
      return buffer.data.data.map { base.distance(to: $0)..<(base.distance(to: $0) + buffer.data.count) }
    }
    result.memory = memory
    return result
  }

  private mutating func operatorCode(_ index: Int) throws -> TFLiteOperatorCode {
    let code = qcc_tfl_operator_code_at(model, index)
    let name = String(cString: code.name)
    return TFLiteOperatorCode(
      name: name.isEmpty ? "number \(code.code)" : name, customName: try text(code.custom_name),
      version: Int(code.version))
  }

  private mutating func subgraph(_ index: Int) throws -> TFLiteSubgraph {
    let graph = qcc_tfl_subgraph_at(model, index)
    var result = TFLiteSubgraph(
      name: try text(graph.name), inputs: try indices(graph.inputs), outputs: try indices(graph.outputs))
    result.tensors = try (0..<graph.tensors).map { try tensor(qcc_tfl_tensor_at(model, index, $0)) }
    result.operators = try (0..<graph.operators).map { try readOperator(qcc_tfl_operator_at(model, index, $0)) }
    return result
  }

  private mutating func tensor(_ tensor: qcc_tfl_tensor) throws -> TFLiteTensor {
    TFLiteTensor(
      name: try text(tensor.name), shape: try indices(tensor.shape), signature: try indices(tensor.signature),
      type: TFLiteElementType(rawValue: Int(tensor.type)) ?? .unknown, buffer: Int(tensor.buffer),
      scales: try numbers(tensor.scales), zeroPoints: try numbers(tensor.zero_points),
      quantizedDimension: Int(tensor.quantized_dimension), hasQuantizationDetails: tensor.has_details,
      isVariable: tensor.is_variable, isSparse: tensor.is_sparse)
  }

  private mutating func readOperator(_ op: qcc_tfl_operator) throws -> TFLiteOperator {
    try count(MemoryLayout<TFLiteOperator>.size + MemoryLayout.size(ofValue: op.options))
    let options = withUnsafeBytes(of: op.options) { raw in
      raw.bindMemory(to: qcc_tfl_option.self).prefix(op.option_count).map {
        (name: String(cString: $0.name), value: $0.value)
      }
    }
    let name = op.options_name.map { String(cString: $0) }
    return TFLiteOperator(
      code: Int(op.code), inputs: try indices(op.inputs), outputs: try indices(op.outputs),
      optionsName: name == "NONE" ? nil : name, options: options, list: try indices(op.list),
      text: try text(op.text))
  }

  // MARK: Vectors

  private mutating func count(_ bytes: Int) throws {
    try memory.take(bytes, of: 1, for: "what the file says of tensors and operators", at: location)
  }

  private mutating func indices(_ vector: qcc_tfl_vector) throws -> [Int] {
    (try numbers(vector) as [Int32]).map(Int.init)
  }

  /// The elements of a vector, which lie anywhere.
  private mutating func numbers<Number: BitwiseCopyable>(_ vector: qcc_tfl_vector) throws -> [Number] {
    guard let data = vector.data else { return [] }
    let size = MemoryLayout<Number>.size
    try count(vector.count * size + MemoryLayout<[Number]>.size)
    let raw = UnsafeRawPointer(data)
    return (0..<vector.count).map { raw.loadUnaligned(fromByteOffset: $0 * size, as: Number.self) }
  }

  private mutating func text(_ vector: qcc_tfl_vector) throws -> String {
    String(decoding: try numbers(vector) as [UInt8], as: UTF8.self)
  }
}
