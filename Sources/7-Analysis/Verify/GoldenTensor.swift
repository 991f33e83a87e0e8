import Diagnostics
import HDF5
import Numbers
import QIR
import Quantization

/// What a golden file holds of one node: its numbers (group `layers/`) or its quantizer's codes (group `tensors/`, and integers
/// in the other), sample by sample, axes in the model file's order.
struct GoldenTensor {
  let samples: Int
  /// Whether the file says codes; numbers otherwise.
  let isCodes: Bool
  /// The arithmetic that numbers come from, by their type in the file and by what they are; nil for codes, which do not say.
  let arithmetic: FloatArithmetic?
  private let node: Node
  /// As the file has them.
  private let numbers: [Double]

  /// - Throws: `Diagnostic` for an array of another shape, or of what are no numbers or no codes.
  init(_ dataset: H5Dataset, of node: Node, group: String, file: String) throws {
    let isCodes = group == "tensors" || (node.op is QuantizeOp && dataset.elementType.isInteger)
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
    arithmetic = isCodes ? nil : dataset.elementType.arithmetic(of: numbers)
  }

  /// A sample's numbers in the order of the node's axes.
  func values(of sample: Int) -> [Double] {
    let elements = node.shape.elements
    let own = node.fromFileOrder(Array(numbers[(sample * elements)..<((sample + 1) * elements)]))
    guard isCodes, let op = node.op as? QuantizeOp else { return own }
    return op.quantizers.forEachElement(of: own.count) { quantizer, element in
      quantizer.format.value(of: Int64(own[element]))
    }
  }

  /// How far from its values the numbers may be that the program went on with: nothing where the file holds them, the roundings
  /// of scale x (code - zero point) where it holds codes.
  func error(ofValues values: [Double], in arithmetic: FloatArithmetic) -> [Double] {
    values.map { isCodes ? arithmetic.roundings(2) * abs($0) : 0 }
  }
}

extension H5ElementType {
  fileprivate var isInteger: Bool {
    switch self {
    case .signed, .unsigned: true
    case .float, .enumeration, .string, .other: false
    }
  }

  /// What computed such numbers. float64 that float32 holds is float32 in a wider place.
  fileprivate func arithmetic(of numbers: [Double]) -> FloatArithmetic {
    switch self {
    case .float(bits: 16): .half
    case .float(bits: 64) where numbers.contains { FloatArithmetic.single.error(ofHolding: $0) > 0 }: .double
    default: .single
    }
  }
}

extension CodeFormat {
  /// The code that stands for a number; the nearest of `codes` where it does not lie among them.
  func code(nearest value: Double, in codes: ClosedRange<Int64>) -> Int64 {
    let step = self.value(of: zeroPoint + 1)
    let position = (value / step).rounded().clamped(to: -0x1p60...0x1p60)
    return ((Int64(exactly: position) ?? 0) + zeroPoint).clamped(to: codes)
  }
}
