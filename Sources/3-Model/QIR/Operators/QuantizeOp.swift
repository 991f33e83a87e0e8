import Diagnostics
import Quantization
import Text

/// Real numbers to the values of integer codes, element by element (Keras `QActivation` and `activation=`).
package struct QuantizeOp: Operator {
  package static let mnemonic = "quantize"
  /// How the model writes it.
  package var description: String
  /// The quantizer that the model names; of several the first. Nil where it names none.
  package var quantizer: Quantizer?
  /// The width that the model declares, in bits.
  package var bits: Int
  /// One for the tensor, or one per channel.
  package var quantizers: [FeatureMapQuantizer]

  package init(_ quantizer: Quantizer, at location: Diagnostic.Location) throws {
    description = quantizer.kind.description
    self.quantizer = quantizer
    bits = quantizer.kind.bits
    quantizers = try quantizer.kind.featureMaps(at: location)
  }

  package init(description: String, quantizer: Quantizer? = nil, bits: Int, quantizers: [FeatureMapQuantizer]) {
    self.description = description
    self.quantizer = quantizer
    self.bits = bits
    self.quantizers = quantizers
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let shape = try oneInput(inputs, at: location)
    guard quantizers.count == 1 || quantizers.count == shape.channels else {
      throw Diagnostic(
        "\(quantizers.count) quantizers for \(shape.channels) channels", at: location,
        supported: "one, or one per channel")
    }
    return shape
  }

  package func quantizer(ofChannel channel: Int) -> FeatureMapQuantizer {
    quantizers.count == 1 ? quantizers[0] : quantizers[channel]
  }
}

extension QuantizeOp {
  /// One quantizer per channel is written but cannot be read back: its name does not say all of it.
  package func write(to writer: inout AttributeWriter) {
    writer.write("by", word: description)
    if quantizers.count > 1 { writer.write("channels", quantizers.count) }
  }

  init(_ reader: inout AttributeReader) throws {
    let arguments = try QuantizerArguments(parsing: reader.readWord("by"), location: reader.location)
    self = try QuantizeOp(Quantizer(arguments), at: reader.location)
  }
}
