import Diagnostics
import Quantization
import Testing

struct QuantizerArgumentsTests {
  @Test(arguments: [
    "", "(8)", "quantized_bits(8", "quantized_bits(8))", "quantized_bits((8))", "quantized_bits(8,,1)",
    "quantized_bits(bits=8,0)", "quantized_bits(bits=8,bits=8)", "quantized_bits(alpha=auto)", "quantized_bits(=8)",
    "quantized_bits(8) trailing", "quantized_bits([])",
  ])
  func brokenStrings(text: String) {
    #expect(throws: Diagnostic.self) { try QuantizerArguments(parsing: text) }
  }

  @Test(arguments: [
    ("quantized_bits(0)", "bits = 0"), ("quantized_bits(33)", "bits = 33"), ("quantized_bits(-1)", "bits = -1"),
    ("quantized_bits(8,0,alpha='best')", "'best'"), ("quantized_bits(8,0,alpha=inf)", "inf"),
    ("quantized_bits(8,gamma=1)", "unknown argument 'gamma'"), ("quantised_bits(8)", "unknown quantizer"),
    ("quantized_bits(8,qnoise_factor=0.5)", "qnoise_factor = 0.5"), ("quantized_relu(0)", "bits = 0"),
    ("quantized_relu(4,negative_slope=0.3)", "negative_slope = 0.3"),
  ])
  func refusals(text: String, words: String) throws {
    do {
      _ = try Quantizer(QuantizerArguments(parsing: text, location: .init(file: "m.h5", layer: "conv")))
      Issue.record("\(text) was taken")
    } catch {
      #expect("\(error)".contains(words) && "\(error)".contains("conv"), "\(error)")
    }
  }

  @Test(arguments: ["quantized_bits(8,0,alpha='auto')", "quantized_bits(8,0,alpha='auto_po2')"])
  func scalesThatDependOnTheBatch(text: String) throws {
    let quantizer = try Quantizer(QuantizerArguments(parsing: text))
    #expect(throws: Diagnostic.self) { try quantizer.kind.featureMap(at: .init(layer: "act")) }
  }
}
