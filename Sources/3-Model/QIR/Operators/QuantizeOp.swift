import Diagnostics
import Numbers
import Quantization
import Quantizers
import Text

/// Real numbers to the values of integer codes, element by element (Keras `QActivation` and `activation=`).
package struct QuantizeOp: Operator {
  package static let mnemonic = "quantize"
  package static let kerasClass = "QActivation"
  /// How the model writes it.
  package var description: String
  /// The quantizer that the model names; of several the first. Nil where it names none.
  package var quantizer: Quantizer?
  /// The width that the model declares, in bits.
  package var bits: Int
  package var quantizers: PerChannel<FeatureMapQuantizer>
  /// What the quantizers come near to, where they are some arithmetic for it.
  package var nearest: Nearest?

  /// Operators of real numbers, one behind the other, and the quantizer behind them, if there is one.
  package struct Nearest: Sendable {
    package var operators: [any Operator]
    package var quantizer: Quantizer?

    package init(_ operators: [any Operator] = [], quantizer: Quantizer? = nil) {
      self.operators = operators
      self.quantizer = quantizer
    }
  }

  package init(_ quantizer: Quantizer, at location: Diagnostic.Location) throws {
    description = quantizer.kind.description
    self.quantizer = quantizer
    bits = quantizer.kind.bits
    quantizers = try quantizer.kind.featureMaps(at: location)
  }

  package init(
    description: String, quantizer: Quantizer? = nil, bits: Int, quantizers: PerChannel<FeatureMapQuantizer>,
    nearest: Nearest? = nil
  ) {
    self.nearest = nearest
    self.description = description
    self.quantizer = quantizer
    self.bits = bits
    self.quantizers = quantizers
  }

  package var kind: OperatorKind { .quantize(self) }

  package var motion: Motion {
    .function(
      ElementFunction(
        isUniform: quantizers.isUniform,
        isIncreasing: quantizers.allSatisfy { $0.steps.isIncreasing && $0.functions.allSatisfy(\.isIncreasing) },
        mapsZeroToZero: quantizers.allSatisfy { $0.code(of: 0) == $0.format.zeroPoint }))
  }

  /// Without long arguments, which the table of data types has.
  package var caption: Caption? {
    guard description.count > 31, let end = description.firstIndex(of: "(") else { return .line(description) }
    return .line("\(description[..<end])(\(bits), …)")
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let shape = try oneInput(inputs, at: location)
    try require(
      quantizers.isUniform || quantizers.count == shape.channels,
      "\(quantizers.count) quantizers for \(shape.channels) channels", at: location,
      supported: "one, or one per channel")
    return shape
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    let values = operands.inputs[0]
    var result = values
    for (channel, quantizer) in quantizers.enumerated() {
      let scale = quantizer.format.scale.double
      let zeroPoint = quantizer.format.zeroPoint
      for index in stride(from: channel, to: values.count, by: quantizers.count) {
        result[index] = scale * Double(quantizer.code(of: values[index]) - zeroPoint)
      }
    }
    return result
  }

  /// The other side of a boundary is another code.
  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    zip(operands.inputs[0], errors[0]).enumerated().map { index, next in
      let format = quantizers[index % quantizers.count].format
      let near = quantizers[index % quantizers.count].codes(of: next.0, within: next.1, in: arithmetic)
      let ends = [near.lowerBound, near.upperBound].map(format.value(of:))
      let largest = max(abs(ends[0]), abs(ends[1]))
      return abs(ends[1] - ends[0])
        + handOutError(of: largest, argument: abs(next.0) + next.1, channel: index % quantizers.count, in: arithmetic)
    }
  }

  /// How far from a code's value the number may be that a program hands out for it: scale x (code - zero point) has two
  /// roundings, one of them the scale's; x + (q - x) two more, of numbers as large as x and q.
  package func handOutError(
    of value: Double, argument: Double, channel: Int, in arithmetic: FloatArithmetic
  ) -> Double {
    let offset = quantizers[channel].arithmetic.offset
    let carried = quantizer?.kind.isStraightThrough == true ? abs(argument) + offset + abs(value) : 0
    return arithmetic.roundings(2) * (abs(value) + carried)
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    let quantizer = quantizers[element % quantizers.count]
    guard let code = operands.value(0, element).flatMap({ quantizer.code(of: $0)?.code }) else { return nil }
    return quantizer.format.fraction(of: code)
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    ClosedRange(
      spanning: quantizers.map(\.format).flatMap {
        [$0.value(of: $0.range.lowerBound), $0.value(of: $0.range.upperBound)]
      })
  }

  /// One quantizer per channel is written but cannot be read back: its name does not say all of it.
  package func write(to writer: inout AttributeWriter) {
    writer.write("by", word: description)
    if !quantizers.isUniform { writer.write("channels", quantizers.count) }
  }

  package init(_ reader: inout AttributeReader) throws {
    let arguments = try QuantizerArguments(parsing: reader.readWord("by"), location: reader.location)
    self = try QuantizeOp(Quantizer(arguments), at: reader.location)
  }
}
