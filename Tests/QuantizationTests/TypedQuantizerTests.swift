import Diagnostics
import Quantization
import Quantizers
import Testing

/// Quantizers made from numbers are those that a model names.
struct TypedQuantizerTests {
  static let pairs: [(kind: any NamedQuantizer, text: String)] = [
    (QuantizedBits(), "quantized_bits"),
    (QuantizedBits(bits: 4, integer: 1, isSymmetric: true, keepsNegative: false), "quantized_bits(4,1,1,False)"),
    (QuantizedBits(bits: 6, alpha: .autoPowerOfTwo), "quantized_bits(6,alpha='auto_po2')"),
    (QuantizedLinear(), "quantized_linear"),
    (
      QuantizedLinear(bits: 5, integer: 2, isSymmetric: false, alpha: .number(0.5)), "quantized_linear(5,2,0,alpha=0.5)"
    ),
    (QuantizedReLU(), "quantized_relu"),
    (
      QuantizedReLU(bits: 6, integer: 2, negativeSlope: 0.25, upperBound: 3),
      "quantized_relu(6,2,negative_slope=0.25,relu_upper_bound=3,is_quantized_clip=False)"
    ),
    (QuantizedPowerOfTwo(), "quantized_po2"),
    (
      QuantizedPowerOfTwo(bits: 4, maximum: 2, isQuadratic: true, roundsDown: true),
      "quantized_po2(4,2,quadratic_approximation=True,log2_rounding='floor')"
    ),
    (QuantizedReLUPowerOfTwo(), "quantized_relu_po2"),
    (QuantizedReLUPowerOfTwo(bits: 4, maximum: 1, negativeSlope: 0.5), "quantized_relu_po2(4,1,0.5)"),
    (Binary(), "binary"),
    (Binary(uses01: true, alpha: .number(2)), "binary(True,2)"),
    (Stochastic(Binary(alpha: .number(2))), "stochastic_binary(2)"),
    (Ternary(), "ternary"),
    (Ternary(alpha: .number(1), threshold: 0.5), "ternary(1,0.5)"),
    (Stochastic(Ternary(alpha: .number(1))), "stochastic_ternary(1)"),
    (Bernoulli(alpha: .number(1)), "bernoulli(1)"),
    (QuantizedTanh(), "quantized_tanh"),
    (QuantizedTanh(bits: 6, isSymmetric: true, usesRealTanh: true), "quantized_tanh(6,0,1,True)"),
    (QuantizedSigmoid(), "quantized_sigmoid"),
    (QuantizedSigmoid(bits: 6, isSymmetric: true, usesRealSigmoid: true), "quantized_sigmoid(6,1,True)"),
    (QuantizedULaw(), "quantized_ulaw"),
    (QuantizedULaw(bits: 5, integer: 1, isSymmetric: true, u: 127), "quantized_ulaw(5,1,1,127.0)"),
    (QuantizedHSwish(), "quantized_hswish"),
    (
      QuantizedHSwish(QuantizedBits(bits: 6, integer: 2), shift: 2, upperBound: 4),
      "quantized_hswish(6,2,relu_shift=2,relu_upper_bound=4)"
    ),
    (BinarySigmoid(), "binary_sigmoid"), (BinaryTanh(), "binary_tanh"),
    (UniformAffine(bits: 8, scale: 0.5, zeroPoint: 3, isSigned: false), "onnx>quantize(8,0.5,3,0)"),
    (
      QONNXQuant(scale: 0.5, bitWidth: 4, isSigned: true, isNarrow: true, roundingMode: .floor),
      "qonnx>quant(0.5,0,4,1,1,'FLOOR')"
    ),
  ]
  static let values: [Float] = (-40...40).map { Float($0) / 8 }

  @Test(arguments: pairs.indices) func areThoseThatAModelNames(_ index: Int) throws {
    let (kind, text) = Self.pairs[index]
    let named = try Quantizer(QuantizerArguments(parsing: text)).kind
    #expect(kind.description == named.description)
    #expect(kind.dataType == named.dataType)
    #expect(kind.statisticsType == named.statisticsType)
    #expect(kind.isNarrow == named.isNarrow)
    let maps = (try? kind.featureMap(at: .init()), try? named.featureMap(at: .init()))
    #expect((maps.0 == nil) == (maps.1 == nil))
    if let (own, other) = maps as? (FeatureMapQuantizer, FeatureMapQuantizer) {
      #expect(own.format == other.format)
      #expect(Self.values.allSatisfy { own.code(of: Double($0)) == other.code(of: Double($0)) })
    }
    let shape = [Self.values.count]
    let tensors = [kind, named].map { try? $0.quantize(Self.values, shape: shape, at: .init()) }
    #expect(tensors[0]?.values == tensors[1]?.values)
  }

  /// Every kind is there, under each of its names.
  @Test func areAllThereAre() {
    let names = Set(Self.pairs.flatMap { type(of: $0.kind).names })
    #expect(names == Set(Quantizer.supportedNames))
  }

  @Test func aFeatureMapQuantizerOfQKerasIsUnsignedAndKeepsItsName() throws {
    let text = "quantized_bits_featuremap(8,0.5,3)"
    let kind = try Quantizer(QuantizerArguments(parsing: text)).kind
    #expect(kind.description == text)
    #expect(try kind.featureMap(at: .init()).format.range == 0...255)
    #expect(throws: Diagnostics.self) {
      try Quantizer(QuantizerArguments(parsing: "quantized_bits_featuremap(8,0.5,3,signed=1)"))
    }
  }
}
