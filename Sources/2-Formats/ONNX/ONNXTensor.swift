import Diagnostics
import Numbers

/// A constant tensor (ONNX `TensorProto`).
package struct ONNXTensor: Sendable {
  package var name: String
  /// ONNX `TensorProto.DataType` as the file has it.
  package var typeCode: Int
  package var shape: [Int]
  let elements: Elements

  /// Last axis fastest.
  enum Elements: Sendable {
    /// Of float32, float16 and bfloat16.
    case floats([Float])
    case doubles([Double])
    /// Of an integer type or bool; of uint64 what `Int64` holds.
    case integers(IntegerArray)
    /// In a file beside the model's, which is read when somebody asks.
    case external(ExternalData, ElementDecoder)
    /// Strings, complex numbers, floats of 8 bits: nothing computes with them.
    case unreadable
  }

  /// How many bytes asking for the elements takes: 0 where they are here.
  package var bytesToRead: Int {
    guard case .external(_, let decoder) = elements else { return 0 }
    // Floats of 16 bits are held as float32.
    let bits = decoder.type.isFloat ? max(decoder.type.bits ?? 0, 32) : decoder.type.bits ?? 0
    return count * max(bits / 8, 1)
  }

  /// What the file beside the model's holds, or what is here.
  private func read() throws -> Elements {
    guard case .external(let data, let decoder) = elements else { return elements }
    return try data.read().withUnsafeBytes { try decoder.elements(in: $0) }
  }

  package var type: ONNXElementType? { ONNXElementType(rawValue: typeCode) }
  package var count: Int { shape.reduce(1, *) }

  /// The elements of a floating-point type as float32; of double the nearest.
  ///
  /// - Throws: `Diagnostic` for other types.
  package func floats(at location: Diagnostic.Location) throws -> [Float] {
    switch try read() {
    case .floats(let floats): return floats
    case .doubles(let doubles): return doubles.map { Float($0) }
    case .integers, .external, .unreadable: throw unexpected("float, double, float16 and bfloat16", at: location)
    }
  }

  /// The elements of a tensor of double.
  ///
  /// - Throws: `Diagnostic` for other types.
  package func doubles(at location: Diagnostic.Location) throws -> [Double] {
    guard case .doubles(let doubles) = try read() else { throw unexpected("double", at: location) }
    return doubles
  }

  /// The elements of an integer type or bool.
  ///
  /// - Throws: `Diagnostic` for other types.
  package func integers(at location: Diagnostic.Location) throws -> IntegerArray {
    guard case .integers(let integers) = try read() else { throw unexpected("integers", at: location) }
    return integers
  }

  private func unexpected(_ supported: String, at location: Diagnostic.Location) -> Diagnostic {
    var location = location
    location.tensor = name.isEmpty ? location.tensor : name
    return Diagnostic(
      "a tensor of \(type?.name ?? "element type \(typeCode)")", at: location, supported: supported)
  }
}

extension ONNXTensor {
  /// float32 elements.
  package init(name: String, shape: [Int], floats: [Float]) {
    self.init(name: name, typeCode: ONNXElementType.float.rawValue, shape: shape, elements: .floats(floats))
  }

  /// float64 elements.
  package init(name: String, shape: [Int], doubles: [Double]) {
    self.init(name: name, typeCode: ONNXElementType.double.rawValue, shape: shape, elements: .doubles(doubles))
  }

  /// Elements of an integer type, which holds them all.
  package init(name: String, type: ONNXElementType, shape: [Int], integers: IntegerArray) {
    self.init(name: name, typeCode: type.rawValue, shape: shape, elements: .integers(integers))
  }
}
