import Diagnostics
import Quantization
import Quantizers
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
    ("quantized_relu(4,negative_slope=0.3)", "negative_slope = 0.3"), ("quantized_po2(33)", "bits = 33"),
    ("quantized_po2(8,max_value=-1)", "max_value = -1"), ("quantized_po2(4,log2_rounding='up')", "log2_rounding"),
    ("ternary(alpha='auto',threshold=0.5)", "threshold"), ("quantized_ulaw(8,0,0,-1.0)", "u = -1"),
    ("quantized_hswish(8,0,relu_upper_bound=0)", "relu_upper_bound = 0"),
    ("quantized_bits(4,0,1,alpha='auto',min_po2_exponent=1)", "exponent bound"),
    ("quantized_bits(4,0,1,alpha='auto_po2',elements_per_scale=2)", "scale_axis"),
    ("quantized_bits(8,1.0)", "write integer=1"), ("quantized_relu(4.0,1)", "bits is the float 4.0"),
    ("quantized_tanh(4.0)", "write bits=4"), ("quantized_sigmoid(bits=4.0)", "write bits=4"),
    ("quantized_ulaw(4,1,0,3)", "write u=3.0"), ("quantized_ulaw(4,1,0,True)", "u is True"),
    ("stochastic_binary(use_stochastic_rounding=True)", "unknown argument 'use_stochastic_rounding'"),
    ("stochastic_ternary(alpha=1,threshold=1)", "threshold = 1"),
  ])
  func refusals(text: String, words: String) throws {
    do {
      _ = try Quantizer(QuantizerArguments(parsing: text, location: .init(file: "m.h5", layer: "conv")))
      Issue.record("\(text) was taken")
    } catch {
      #expect("\(error)".contains(words) && "\(error)".contains("conv"), "\(error)")
    }
  }

  /// Where QKeras raises Python's numbers to a power, and no tensor.
  @Test(arguments: [
    "quantized_bits(4.0,1)", "quantized_ulaw(4.0,1.0)", "quantized_po2(4.0)", "quantized_relu_po2(4.0)",
  ])
  func wholeFloats(text: String) throws {
    let quantizer = try Quantizer(QuantizerArguments(parsing: text))
    #expect(quantizer.kind.bits == 4)
  }

  @Test(arguments: [
    "quantized_bits(8,0,alpha='auto')", "quantized_bits(8,0,alpha='auto_po2')", "binary(alpha='auto')",
    "ternary(use_stochastic_rounding=True)", "ternary(alpha=1,use_stochastic_rounding=2)",
    "ternary(alpha='auto_po2')", "quantized_linear(8,alpha='auto')", "quantized_po2(8)", "bernoulli",
    "quantized_bits(8,0,alpha=[1 2])",
  ])
  func noFixedFeatureMap(text: String) throws {
    let quantizer = try Quantizer(QuantizerArguments(parsing: text))
    #expect(throws: Diagnostic.self) { try quantizer.kind.featureMap(at: .init(layer: "act")) }
  }

  @Test(arguments: [
    "bernoulli()", "ternary(alpha=0.5,use_stochastic_rounding=True)", "quantized_bits(1,0,alpha='auto')",
    "quantized_bits(4,0,alpha=[1 2])", "quantized_po2(8)",
    "quantized_bits(4,0,alpha='auto_po2',scale_axis=2)", "quantized_bits_featuremap(8,0.1,3)",
    "quantized_bits(4,0,alpha='auto_po2',scale_axis=0,elements_per_scale=2)",
  ])
  func noParameter(text: String) throws {
    let quantizer = try Quantizer(QuantizerArguments(parsing: text))
    #expect(throws: Diagnostic.self) {
      try quantizer.kind.quantize([0, 1, 0.5, 1e-9, 2, 3, 4, 5, 6], shape: [3, 3], at: .init(layer: "conv"))
    }
  }

  @Test func oneAlphaPerChannel() throws {
    let quantizer = try Quantizer(QuantizerArguments(parsing: "quantized_bits(6,2,alpha=[0.5 2])"))
    let channels = try quantizer.kind.featureMaps(at: .init())
    #expect(channels.map(\.format.scale) == [.powerOfTwo(-4), .powerOfTwo(-2)])
    #expect(channels.map { $0.code(of: 1) } == [8, 8])
  }

  @Test func certainDraws() throws {
    let quantizer = try Quantizer(QuantizerArguments(parsing: "bernoulli(alpha=1)"))
    let tensor = try quantizer.kind.quantize([20, -20, 4, -4], shape: [2, 2], at: .init())
    #expect(tensor.codes == [1, 0, 1, 0] && tensor.scales == [.one])
  }

  @Test func exactIntegersBeyondFloat32() throws {
    let quantizer = try Quantizer(QuantizerArguments(parsing: "quantized_bits(31,10,1,alpha=1)"))
    let tensor = try quantizer.kind.quantize([1.5, -3e-6, 2000, -2000], shape: [4], at: .init())
    // float32 rounds the largest code 2^30 - 1 up.
    #expect(tensor.codes == [1_572_864, -3, 1 << 30, -1 << 30])
    #expect(tensor.scales == [.powerOfTwo(-20)])
  }
}
