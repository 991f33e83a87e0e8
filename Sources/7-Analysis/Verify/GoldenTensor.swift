import Diagnostics
import HDF5
import QIR
import Quantization

/// What a golden file holds of one node: its numbers (group `layers/`) or its quantizer's codes (group `tensors/`), sample by
/// sample, axes in the model file's order.
struct GoldenTensor {
  let samples: Int
  /// Whether the file says codes; numbers otherwise.
  let isCodes: Bool
  let isSinglePrecision: Bool
  private let node: Node
  /// As the file has them.
  private let numbers: [Double]

  /// - Throws: `Diagnostic` for an array of another shape, or of what are no numbers or no codes.
  init(_ dataset: H5Dataset, of node: Node, isCodes: Bool, file: String) throws {
    let location = Diagnostic.Location(file: file, tensor: dataset.path)
    let shape = node.fileShape.extents
    guard [shape, [node.shape.elements]].contains(Array(dataset.shape.dropFirst())), dataset.shape.first != 0 else {
      throw Diagnostic(
        "an array of shape \(dataset.shape)", at: location, supported: "[n" + shape.map { ", \($0)" }.joined() + "]")
    }
    self.node = node
    self.isCodes = isCodes
    numbers = try dataset.doubles
    guard numbers.allSatisfy({ isCodes ? Int32(exactly: $0) != nil : $0.isFinite }) else {
      throw Diagnostic(
        isCodes ? "the array holds numbers that are no codes" : "the array holds NaN or infinity", at: location,
        supported: isCodes ? "integers of 32 bits" : "finite numbers")
    }
    samples = numbers.count / node.shape.elements
    isSinglePrecision = isCodes || dataset.elementType != .float(bits: 64)
  }

  /// A sample's numbers in the order of the node's axes.
  func values(of sample: Int) -> [Double] {
    let elements = node.shape.elements
    let own = node.fromFileOrder(Array(numbers[(sample * elements)..<((sample + 1) * elements)]))
    guard isCodes, let op = node.op as? QuantizeOp else { return own }
    return op.quantizers.forEachElement(of: own) { quantizer, code in
      quantizer.format.value(of: Int64(code))
    }
  }

  /// How far from its values the numbers are that the float32 program went on with: nothing where the file holds them, one
  /// rounding of scale x (code - zero point) where it holds codes.
  func float32Error(ofValues values: [Double]) -> [Double] {
    values.map { isCodes ? 0x1p-24 * abs($0) : 0 }
  }
}

extension CodeFormat {
  /// The code that stands for a number; nil where it is further from any than float32 puts it.
  func code(nearest value: Double) -> Int64? {
    let step = self.value(of: zeroPoint + 1)
    let position = (value / step).rounded()
    guard abs(value - position * step) <= max(abs(value), abs(step)) * 1e-5, abs(position) < 0x1p62 else { return nil }
    return Int64(position) + zeroPoint
  }
}
