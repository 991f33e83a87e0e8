import Diagnostics
import Numbers
import Text

/// The mean of each window and channel over the pixels inside the feature map (Keras `AveragePooling2D`,
/// `GlobalAveragePooling2D`), or the mean times `factor` (QKeras `QAveragePooling2D`: the window's area times its quantized
/// inverse).
package struct AveragePoolOp: Operator {
  package static let mnemonic = "average_pool"
  package static let kerasClass = "AveragePooling2D"
  package var window: Window
  package var factor: Double

  package init(window: Window, factor: Double = 1) {
    self.window = window
    self.factor = factor
  }

  package var kind: OperatorKind { .averagePool(self) }
  package var caption: Caption? { .title(window.words) }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try window.pooledShape(of: oneInput(inputs, ranks: 3...3, at: location), at: location)
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    window.pool(operands) { $0.reduce(0, +) / Double($0.count) * factor }
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    let magnitudes = zip(operands.inputs[0], errors[0]).map { abs($0) + $1 }
    let sums = window.pool(operands.with(inputs: [magnitudes])) { window in
      arithmetic.roundings(window.count + 3) * window.reduce(0, +) / Double(window.count) * abs(factor)
    }
    let carried = window.pool(operands.with(inputs: errors)) { $0.reduce(0, +) / Double($0.count) * abs(factor) }
    return zip(sums, carried).map(+)
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    let pixels = window.pixels(of: element, over: operands.shapes[0], positions: operands.resultShape)
    let share = Rational(factor) / Rational(Int64(pixels.count))
    return operands.sum(pixels.lazy.map { (share, $0) })
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    ClosedRange(spanning: inputs.flatMap { [$0.lowerBound * factor, $0.upperBound * factor] })
  }

  package func write(to writer: inout AttributeWriter) {
    writer.write("size", window.size)
    writer.write(window)
    writer.write("factor", factor, unless: 1)
  }

  package init(_ reader: inout AttributeReader) throws {
    let window = try reader.readWindow(size: reader.read("size"))
    self.init(window: window, factor: try reader.read("factor", default: 1))
  }
}
