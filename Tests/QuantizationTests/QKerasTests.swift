import Diagnostics
import Numbers
import Quantization
import Quantizers
import Testing

/// Every quantizer against QKeras' own float32 results.
struct QKerasTests {
  @Test(arguments: ["cases.json", "cases_head.json"])
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
        let codes = featureMap.codes(of: x, within: 0, in: .single)
        #expect(
          fits(codes.lowerBound) || fits(codes.upperBound),
          "\(quantizer.kind.description) of \(input): \(featureMap.format.value(of: code)), QKeras \(output)")
      }
    }
    print("feature maps in \(file): \(elements) values, \(nearBoundaries) on the other side of a boundary")
    #expect(nearBoundaries * 20 < elements)
  }

  @Test(arguments: ["cases.json", "cases_head.json"])
  func parameters(file: String) throws {
    for item in try QKerasCases(file).parameters() {
      var quantizer = try Quantizer(item.arguments)
      if item.isTrainable { quantizer = quantizer.forKernels }
      let tensor = try quantizer.kind.quantize(item.inputs, shape: item.shape, at: .init())
      let largest = (item.inputs + item.outputs).map(abs).max() ?? 0
      let values = tensor.values
      #expect(tensor.shape == item.shape && values.count == item.outputs.count)
      // At an exact tie QKeras' float32 logarithm may fall on either side, depending on the place in the tensor.
      let featureMap = try? quantizer.kind.featureMap(at: .init())
      let wrong = item.outputs.indices.filter { index in
        func fits(_ value: Double) -> Bool { abs(value - Double(item.outputs[index])) <= 3e-7 * Double(largest) }
        if fits(values[index]) { return false }
        let input = Double(item.inputs[index])
        guard let featureMap, featureMap.functions.isEmpty else { return true }
        let codes = featureMap.codes(of: input, within: 0, in: .single)
        return !fits(featureMap.format.value(of: codes.lowerBound))
          && !fits(featureMap.format.value(of: codes.upperBound))
      }
      let shown = wrong.prefix(4).map { "\(item.inputs[$0]) -> \(values[$0]), QKeras \(item.outputs[$0])" }
      #expect(wrong.isEmpty, "\(wrong.count) in \(item.name): \(shown)")
      guard let unit = quantizer.unitOfScale, item.scales.count == tensor.scales.count else { continue }
      for (scale, expected) in zip(tensor.scales, item.scales) where expected != 0 {
        #expect(abs(scale.double / unit - Double(expected)) <= 4e-7 * abs(Double(expected)), "scale of \(item.name)")
      }
    }
  }

  @Test func functions() throws {
    for item in try QKerasCases("cases.json").functions() {
      let functions = try #require(QKerasActivation.named(item.text))
      for (input, output) in zip(item.inputs, item.outputs) {
        #expect(abs(functions.reduce(Double(input)) { $1($0) } - Double(output)) < 1e-6, "\(item.text) of \(input)")
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
    func step(_ bits: Int, _ integer: Int, _ keepsNegative: Bool) -> Double? {
      bits > 1 ? Rational.powerOfTwo(integer - bits + (keepsNegative ? 1 : 0)).double : nil
    }
    return switch kind {
    case let kind as QuantizedBits: step(kind.bits, kind.integer, kind.keepsNegative)
    case let kind as QuantizedLinear: step(kind.bits, kind.integer, kind.keepsNegative)
    case is Binary, is Stochastic<Binary>, is Ternary, is Stochastic<Ternary>: 1
    default: nil
    }
  }
}
