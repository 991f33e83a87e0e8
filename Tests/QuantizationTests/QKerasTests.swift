import Diagnostics
import Quantization
import Testing

/// Every quantizer against QKeras' own float32 results.
struct QKerasTests {
  @Test(arguments: ["cases.json"])
  func featureMaps(file: String) throws {
    var elements = 0
    var nearBoundaries = 0
    for item in try QKerasCases(file).featureMaps() {
      let quantizer = try Quantizer(item.arguments)
      let featureMap = try quantizer.kind.featureMap(at: .init())
      let largest = item.outputs.map(abs).max() ?? 0
      for (input, output) in zip(item.inputs, item.outputs) {
        elements += 1
        let x = Double(input)
        let code = featureMap.code(of: x)
        func fits(_ code: Int64) -> Bool {
          // QKeras' straight-through sum x + (-x + q) rounds to the float32 numbers around x.
          abs(featureMap.format.value(of: code) - Double(output)) <= 1e-6 * Double(largest) + 0x1p-23 * abs(x)
        }
        #expect(featureMap.format.range.contains(code))
        #expect(
          featureMap.steps.code(of: featureMap.functions.reduce(Rational(x)) { $1($0) ?? Rational($1($0.double)) })
            == code, "\(quantizer.kind.description) of \(input), exactly")
        if fits(code) { continue }
        // float32 moves a boundary by its rounding error.
        nearBoundaries += 1
        let codes = featureMap.codes(of: x, within: 3e-7 * (abs(x) + 1))
        #expect(
          fits(codes.lowerBound) || fits(codes.upperBound),
          "\(quantizer.kind.description) of \(input): \(featureMap.format.value(of: code)), QKeras \(output)")
      }
    }
    print("feature maps in \(file): \(elements) values, \(nearBoundaries) on the other side of a boundary")
    #expect(nearBoundaries * 50 < elements)
  }

  @Test(arguments: ["cases.json"])
  func parameters(file: String) throws {
    for item in try QKerasCases(file).parameters() {
      var quantizer = try Quantizer(item.arguments)
      if item.isTrainable { quantizer = quantizer.trainable }
      let tensor = try quantizer.kind.quantize(item.inputs, shape: item.shape, at: .init())
      let largest = (item.inputs + item.outputs).map(abs).max() ?? 0
      let values = tensor.values
      #expect(tensor.shape == item.shape && values.count == item.outputs.count)
      let wrong = item.outputs.indices.filter { abs(values[$0] - Double(item.outputs[$0])) > 3e-7 * Double(largest) }
      let shown = wrong.prefix(4).map { "\(item.inputs[$0]) -> \(values[$0]), QKeras \(item.outputs[$0])" }
      #expect(wrong.isEmpty, "\(wrong.count) in \(item.name): \(shown)")
      guard let unit = quantizer.unitOfScale, item.scales.count == tensor.scales.count else { continue }
      for (scale, expected) in zip(tensor.scales, item.scales) where expected != 0 {
        #expect(abs(scale.double / unit - Double(expected)) <= 2e-7 * abs(Double(expected)), "scale of \(item.name)")
      }
    }
  }

  @Test func strings() throws {
    for item in try QKerasCases("cases.json").strings() {
      let quantizer = try Quantizer(QuantizerArguments(parsing: item.text))
      let featureMap = try quantizer.kind.featureMap(at: .init())
      for (input, output) in zip(item.inputs, item.outputs) {
        let value = featureMap.format.value(of: featureMap.code(of: Double(input)))
        #expect(abs(value - Double(output)) < 1e-6, "\(item.text) of \(input)")
      }
    }
  }
}

extension Quantizer {
  /// What QKeras counts the scale in that it finds from the data; nil for kinds that find none.
  fileprivate var unitOfScale: Double? {
    switch self {
    case .quantizedBits(let kind) where kind.bits > 1:
      Rational.powerOfTwo(kind.integer - kind.bits + (kind.keepsNegative ? 1 : 0)).double
    case .quantizedBits, .quantizedReLU, .featureMapAffine: nil
    }
  }
}
