import Diagnostics
import Numbers
import Quantization
import Text

extension AttributeReader {
  mutating func readParameterIfPresent(_ name: String) throws -> Parameter? {
    try readIfPresent(name) { try Parameter(scanning: &$0) }
  }

  mutating func readParameter(_ name: String) throws -> Parameter {
    if let parameter = try readParameterIfPresent(name) { return parameter }
    throw Diagnostic("no attribute '\(name)'", at: location, fix: "write \(name)=int4[shape](codes)*scale")
  }

  mutating func readWindow(size: Extents) throws -> Window {
    Window(
      size: size, stride: try read("stride", default: .one), dilation: try read("dilation", default: .one),
      padding: try read("padding", default: .some(.none)))
  }
}

extension AttributeWriter {
  mutating func write(_ name: String, _ parameter: Parameter?) {
    if let parameter { write(name, text: parameter.text(constants)) }
  }

  /// Everything but the size, which a kernel says already.
  mutating func write(_ window: Window) {
    write("stride", window.stride, unless: .one)
    write("dilation", window.dilation, unless: .one)
    write("padding", window.padding, unless: .none)
  }
}

extension Shape: TextValue {
  package var text: String { extents.text }

  package init(scanning scanner: inout TextScanner) throws {
    self.init(try [Int](scanning: &scanner))
  }
}

extension Padding: TextValue {
  /// `[top, bottom, left, right]`
  package var text: String { [top, bottom, left, right].text }

  package init(scanning scanner: inout TextScanner) throws {
    let numbers = try scanner.integers(4, "[top, bottom, left, right]")
    self.init(top: numbers[0], bottom: numbers[1], left: numbers[2], right: numbers[3])
  }
}

/// Constants are written `int4[3, 3, 1, 8](1, -2, …)*0.25`, one scale for all or a list of them (`@axis` behind it unless it
/// is the last), or `float[8](0.5, …)`. In place of the numbers there may stand `splat(v)`, all the same, or `seeded(n)`.
extension Parameter {
  func text(_ style: ConstantStyle) -> String {
    switch self {
    case .real(let numbers, let shape):
      return "float\(shape.text)(\(NumberList.text(numbers, style) { $0.number() }))"
    case .quantized(let tensor):
      let codes = NumberList.text(tensor.codes.widened, style) { $0.code(bits: tensor.bits) }
      let scales =
        switch style {
        case .elided(let limit) where tensor.scales.count > limit: "[\(tensor.scales.count) scales]"
        default: tensor.scales.count == 1 ? tensor.scales[0].text : tensor.scales.text
        }
      let axis = tensor.scales.count == 1 || tensor.scaleAxis == tensor.shape.count - 1 ? "" : "@\(tensor.scaleAxis)"
      return "int\(tensor.bits)\(tensor.shape.text)(\(codes))*\(scales)\(axis)"
    }
  }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let type = try scanner.word()
    let shape = try [Int](scanning: &scanner)
    let count = shape.reduce(1.0) { $0 * Double($1) }
    guard shape.allSatisfy({ $0 > 0 }), count <= Double(1 << 28) else {
      throw before.refused("extents above 0, at most 268435456 numbers")
    }
    if type == "float" {
      self = .real(try NumberList.numbers(&scanner, count: Int(count)) { $0.number() }, shape: shape)
      return
    }
    guard type.hasPrefix("int"), let bits = Int(type.dropFirst(3)), (1...32).contains(bits) else {
      throw before.refused("float[shape](numbers) or int4[shape](codes)*scale")
    }
    let codes: [Int64] = try NumberList.numbers(&scanner, count: Int(count)) { $0.code(bits: bits) }
    try scanner.expect("*")
    let scales = scanner.rest.first == "[" ? try [Rational](scanning: &scanner) : [try Rational(scanning: &scanner)]
    let axis = scanner.take("@") ? try Int(scanning: &scanner) : shape.count - 1
    guard scales.count == 1 || (shape.indices.contains(axis) && shape[axis] == scales.count) else {
      throw before.refused("one scale, or one per index of the axis")
    }
    self = .quantized(QuantizedTensor(shape: shape, codes: codes, scales: scales, scaleAxis: axis, bits: bits))
  }
}

extension RealFunction: TextValue {
  /// `relu`, `clip(0, 6)` (`none` where there is no bound), `affine(scale, shift)`, `leaky_relu(slope)`,
  /// `thresholded_relu(threshold, slope)`, `hard_swish(shift, upper)`, and every `Curve` by its name: `tanh`
  package var text: String {
    switch self {
    case .affine(let scale, let shift): "affine(\(scale.text), \(shift.text))"
    case .clip(let lower, let upper):
      self == .relu ? "relu" : "clip(\(lower?.text ?? "none"), \(upper?.text ?? "none"))"
    case .leakyReLU(let slope): "leaky_relu(\(slope.text))"
    case .thresholdedReLU(let threshold, let slope): "thresholded_relu(\(threshold.text), \(slope.text))"
    case .hardSwish(let shift, let upper): "hard_swish(\(shift.text), \(upper.text))"
    case .curve(let curve): curve.rawValue
    }
  }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let name = try scanner.word()
    let arguments = scanner.rest.first == "(" ? try scanner.list("(", ")") { try Bound(scanning: &$0) } : []
    switch (name, arguments.map(\.value)) {
    case ("relu", let bounds) where bounds.isEmpty: self = .relu
    case ("clip", let bounds) where bounds.count == 2: self = .clip(lower: bounds[0], upper: bounds[1])
    case ("leaky_relu", let bounds) where bounds.count == 1:
      guard let slope = bounds[0] else { throw before.refused("leaky_relu(slope)") }
      self = .leakyReLU(slope: slope)
    case ("thresholded_relu", let bounds) where bounds.count == 2:
      guard let threshold = bounds[0], let slope = bounds[1] else {
        throw before.refused("thresholded_relu(threshold, slope)")
      }
      self = .thresholdedReLU(threshold: threshold, slope: slope)
    case ("affine", let bounds) where bounds.count == 2:
      guard let scale = bounds[0], let shift = bounds[1] else { throw before.refused("affine(scale, shift)") }
      self = .affine(scale: scale, shift: shift)
    case ("hard_swish", let bounds) where bounds.count == 2:
      guard let shift = bounds[0], let upper = bounds[1] else { throw before.refused("hard_swish(shift, upper)") }
      self = .hardSwish(shift: shift, upper: upper)
    default:
      guard let curve = Curve(rawValue: String(name)), arguments.isEmpty else {
        throw before.refused(
          "relu, clip(lower, upper), leaky_relu(slope), thresholded_relu(threshold, slope), affine(scale, shift), "
            + "hard_swish(shift, upper), " + Curve.allCases.map(\.rawValue).joined(separator: ", "))
      }
      self = .curve(curve)
    }
  }

  /// A number or `none`.
  private struct Bound {
    var value: Rational?

    init(scanning scanner: inout TextScanner) throws {
      var ahead = scanner
      if try ahead.item() == "none" {
        scanner = ahead
      } else {
        value = try Rational(scanning: &scanner)
      }
    }
  }
}
