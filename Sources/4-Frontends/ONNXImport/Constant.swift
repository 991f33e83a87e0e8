import Diagnostics
import Numbers
import ONNX
import QIR
import Quantization

/// A tensor that is known when the model is read: an initializer, or what nodes make of initializers.
struct Constant {
  enum Numbers {
    case floats([Float])
    /// Of float64; arithmetic takes the nearest float32 numbers.
    case doubles([Double])
    /// Of an integer type or bool.
    case integers(IntegerArray, ONNXElementType)
    /// Integers with their scales: exactly what a DequantizeLinear or a Quant of constants gives.
    case quantized(QuantizedTensor)
  }

  var shape: [Int]
  var numbers: Numbers

  var count: Int { shape.reduce(1, *) }
  var bytes: Int { count * bytesPerElement }
  var bytesPerElement: Int {
    switch numbers {
    case .floats: 4
    case .doubles: 8
    case .integers(let integers, _): integers.bytesPerElement
    case .quantized(let tensor): tensor.codes.bytesPerElement
    }
  }

  /// - Throws: `Diagnostic` for element types that nothing computes with.
  init(_ tensor: ONNXTensor, at location: Diagnostic.Location) throws {
    shape = tensor.shape
    if let type = tensor.type, type.range != nil {
      numbers = .integers(try tensor.integers(at: location), type)
    } else if tensor.type == .double {
      numbers = .doubles(try tensor.doubles(at: location))
    } else {
      numbers = .floats(try tensor.floats(at: location))
    }
  }

  init(shape: [Int], _ numbers: Numbers) {
    self.shape = shape
    self.numbers = numbers
  }

  init(shape: [Int], floats: [Float]) {
    self.init(shape: shape, .floats(floats))
  }

  /// The numbers it stands for, each the nearest double.
  var values: [Double] {
    switch numbers {
    case .floats(let floats): floats.map(Double.init)
    case .doubles(let doubles): doubles
    case .integers(let integers, _): integers.widened.map(Double.init)
    case .quantized(let tensor): tensor.values
    }
  }

  /// The numbers it stands for, exactly.
  ///
  /// - Precondition: they are finite.
  var fractions: [Rational] {
    switch numbers {
    case .floats(let floats): floats.map { Rational($0) }
    case .doubles(let doubles): doubles.map { Rational($0) }
    case .integers(let integers, _): integers.widened.map { Rational($0) }
    case .quantized(let tensor): tensor.fractions
    }
  }

  /// The numbers as float32, as a runtime holds them.
  var floats: [Float] {
    if case .floats(let floats) = numbers { return floats }
    return values.map { Float($0) }
  }

  /// nil where they are no integers.
  var integers: [Int64]? {
    if case .integers(let integers, _) = numbers { return integers.widened }
    return nil
  }

  /// As a parameter of a layer, in a shape with the same elements in the same order.
  func parameter(shape newShape: [Int]? = nil) -> Parameter {
    let reshaped = newShape.map(reshaped(to:)) ?? self
    switch reshaped.numbers {
    case .quantized(let tensor): return .quantized(tensor)
    case .floats, .doubles: return .real(reshaped.floats, shape: reshaped.shape)
    case .integers(let integers, let type):
      return .quantized(
        QuantizedTensor(shape: reshaped.shape, codes: integers, scales: [.one], bits: type.bits ?? 64))
    }
  }

  var isDouble: Bool { if case .doubles = numbers { true } else { false } }

  /// One number everywhere, of this constant's type.
  func filled(with number: Double, shape: [Int]) -> Constant {
    let count = shape.reduce(1, *)
    return switch numbers {
    case .integers(_, let type):
      Constant(
        shape: shape,
        .integers(IntegerArray(Array(repeating: Int64(exactly: number) ?? .max, count: count)), type))
    case .doubles: Constant(shape: shape, .doubles(Array(repeating: number, count: count)))
    case .floats, .quantized: Constant(shape: shape, floats: Array(repeating: Float(number), count: count))
    }
  }

  /// The same elements in the same order. A scale axis is found again by its place among the elements.
  func reshaped(to newShape: [Int]) -> Constant {
    precondition(newShape.reduce(1, *) == count, "a reshape keeps the number of elements")
    guard case .quantized(let tensor) = numbers else { return Constant(shape: newShape, numbers) }
    var scales = tensor.scales
    var axis: Int?
    if scales.count > 1 {
      let inner = tensor.shape[(tensor.scaleAxis + 1)...].reduce(1, *)
      axis = newShape.indices.first { index in
        newShape[index] == scales.count && newShape[(index + 1)...].reduce(1, *) == inner
      }
      if axis == nil {
        // The scales' axis was merged with another: one scale for each index of the last axis that repeats them.
        let last = newShape.last ?? 1
        let period = inner * scales.count
        if last.isMultiple(of: period) {
          scales = (0..<last).map { tensor.scales[$0 / inner % tensor.scales.count] }
          axis = newShape.count - 1
        }
      }
      guard axis != nil else { return Constant(shape: newShape, floats: floats) }
    }
    var reshaped = QuantizedTensor(
      shape: newShape, codes: tensor.codes, scales: scales, scaleAxis: axis, bits: tensor.bits)
    reshaped.quantizer = tensor.quantizer
    return Constant(shape: newShape, .quantized(reshaped))
  }

  /// Axis k of the result is axis `permutation[k]`.
  func transposed(_ permutation: [Int]) -> Constant {
    guard permutation != Array(shape.indices) else { return self }
    let newShape = permutation.map { shape[$0] }
    switch numbers {
    case .floats(let floats): return Constant(shape: newShape, .floats(Shape(shape).permute(floats, by: permutation)))
    case .doubles(let doubles):
      return Constant(shape: newShape, .doubles(Shape(shape).permute(doubles, by: permutation)))
    case .integers(let integers, let type):
      return Constant(shape: newShape, .integers(Shape(shape).permute(integers, by: permutation), type))
    case .quantized(let tensor):
      var moved = QuantizedTensor(
        shape: newShape, codes: Shape(shape).permute(tensor.codes, by: permutation), scales: tensor.scales,
        scaleAxis: tensor.scales.count > 1 ? permutation.firstIndex(of: tensor.scaleAxis) : nil, bits: tensor.bits)
      moved.quantizer = tensor.quantizer
      return Constant(shape: newShape, .quantized(moved))
    }
  }
}

/// What a tensor of the model is while it is imported.
enum Value {
  /// Known now.
  case constant(Constant)
  /// Computed from the network's inputs.
  case map(FeatureMap)
  /// The node that makes it could not be read; its problem is reported.
  case failed
}

/// A tensor of the model as a node of the graph. The graph keeps feature maps with their channels last and without the
/// batch; `order` is what keeps the two views together, so that no transposes are needed where the model changes its own.
struct FeatureMap {
  var node: NodeID
  /// As ONNX has it; a batch counts as 1.
  var shape: [Int]
  /// For each axis of the node the axis in `shape` that it is.
  var order: [Int]
  /// Where the model's tensor holds integers: what they stand for. The node has the values.
  var encoding: IntegerEncoding?
}

/// integer = value / scale + zero point, along an axis or for the whole tensor.
struct IntegerEncoding: Equatable {
  var type: ONNXElementType
  /// One, or one per index of `axis`.
  var scales: [Float]
  var zeroPoints: [Int64]
  /// In the model's shape; nil for one scale.
  var axis: Int?

  /// Those of an index of the axis.
  func scaleAndZeroPoint(_ index: Int) -> (scale: Rational, zeroPoint: Int64) {
    (Rational(scales[index % scales.count]), zeroPoints[index % zeroPoints.count])
  }

  /// Whether codes of its type are what feature maps may hold.
  var isNarrow: Bool { type.bits.map { $0 <= 16 } ?? false }

  var isPlain: Bool { scales == [1] && zeroPoints == [0] }

  /// Integers that stand for themselves.
  static func plain(_ type: ONNXElementType) -> IntegerEncoding {
    IntegerEncoding(type: type, scales: [1], zeroPoints: [0], axis: nil)
  }
}
