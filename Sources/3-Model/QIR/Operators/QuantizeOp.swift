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

  package init(_ quantizer: Quantizer, at location: Diagnostic.Location) throws {
    description = quantizer.kind.description
    self.quantizer = quantizer
    bits = quantizer.kind.bits
    quantizers = try quantizer.kind.featureMaps(at: location)
  }

  package init(description: String, quantizer: Quantizer? = nil, bits: Int, quantizers: PerChannel<FeatureMapQuantizer>)
  {
    self.description = description
    self.quantizer = quantizer
    self.bits = bits
    self.quantizers = quantizers
  }

  package var kind: OperatorKind { .quantize(self) }
  package var productsPerElement: Int { 0 }

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
    guard quantizers.isUniform || quantizers.count == shape.channels else {
      throw Diagnostic(
        "\(quantizers.count) quantizers for \(shape.channels) channels", at: location,
        supported: "one, or one per channel")
    }
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
  package func float32Error(_ operands: Operands, errors: [[Double]]) -> [Double] {
    zip(operands.inputs[0], errors[0]).enumerated().map { index, next in
      let quantizer = quantizers[index % quantizers.count]
      let value = quantizer.format.value(of: quantizer.code(of: next.0))
      let near = quantizer.codes(of: next.0, within: next.1 + quantizer.float32Error(at: next.0))
      let ends = [near.lowerBound, near.upperBound].map { abs(quantizer.format.value(of: $0) - value) }
      return max(ends[0], ends[1]) + Float32.roundings(1) * abs(value)
    }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    ClosedRange(
      spanning: quantizers.map(\.format).flatMap {
        [$0.value(of: $0.range.lowerBound), $0.value(of: $0.range.upperBound)]
      })
  }
}

extension QuantizeOp {
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
