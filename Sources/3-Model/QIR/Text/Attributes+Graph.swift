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
