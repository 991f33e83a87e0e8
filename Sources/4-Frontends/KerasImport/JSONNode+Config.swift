import Diagnostics
import JSON
import Numbers
import QIR
import Quantization
import Quantizers

/// Accessors for what layer configurations hold, with bounds that keep later arithmetic far from overflow. A default is for a
/// key that is not there; null, Python's None, is one only where Keras takes it for that.
extension JSONNode {
  /// The member of that key; nil where its default is to be taken.
  private func member(_ key: String, hasDefault: Bool, orNone: Bool) throws -> JSONNode? {
    let node = hasDefault ? try memberIfPresent(key) : try member(key)
    return orNone && node?.isNull == true ? nil : node
  }

  func int(
    _ key: String, default standard: Int? = nil, orNone: Bool = false, in range: ClosedRange<Int>
  ) throws -> Int {
    guard let node = try member(key, hasDefault: standard != nil, orNone: orNone) else { return standard ?? 0 }
    return try node.int(in: range)
  }

  func double(_ key: String, default standard: Double) throws -> Double {
    try member(key, hasDefault: true, orNone: false)?.double() ?? standard
  }

  func int(in range: ClosedRange<Int>) throws -> Int {
    let value = try int()
    try require(range.contains(value), "is \(value)", supported: "\(range.lowerBound) to \(range.upperBound)")
    return value
  }

  /// True or false as Python takes it: also 1 and 0, and None for false.
  func flag(_ key: String, default standard: Bool) throws -> Bool {
    guard let node = try memberIfPresent(key) else { return standard }
    switch node.value {
    case .null, .int(0), .double(0): return false
    case .int(1), .double(1): return true
    default: return try node.bool()
    }
  }

  /// One number for both axes, or rows and columns.
  func extent(_ key: String, default standard: Extents? = nil, orNone: Bool = false) throws -> Extents {
    guard let node = try member(key, hasDefault: standard != nil, orNone: orNone) else { return standard ?? .one }
    if case .array = node.value {
      let numbers = try node.array()
      guard numbers.count == 2 else { throw node.problem("has \(numbers.count) numbers", supported: "two") }
      return Extents(rows: try numbers[0].int(in: 1...65536), columns: try numbers[1].int(in: 1...65536))
    }
    let number = try node.int(in: 1...65536)
    return Extents(rows: number, columns: number)
  }

  /// A number, or an array of one.
  func length(_ key: String, default standard: Int? = nil, orNone: Bool = false) throws -> Int {
    guard let node = try member(key, hasDefault: standard != nil, orNone: orNone) else { return standard ?? 1 }
    if case .array = node.value {
      let numbers = try node.array()
      guard numbers.count == 1 else { throw node.problem("has \(numbers.count) numbers", supported: "one") }
      return try numbers[0].int(in: 1...65536)
    }
    return try node.int(in: 1...65536)
  }

  /// Keras reads the shape that a layer says wherever it stands, and uses it at the front of a Sequential alone.
  func requireInputShape() throws {
    guard isObject, let node = try memberIfPresent("batch_input_shape"), node.isNull else { return }
    throw node.problem("is null", supported: "an array of extents, or no such key", fix: "leave the key out")
  }

  func requireChannelsLast() throws {
    guard let node = try memberIfPresent("data_format"), !node.isNull else { return }
    let format = try node.string()
    if format != "channels_last" {
      throw node.problem(
        "is '\(format)'", supported: "channels_last", fix: "build the model with data_format='channels_last'")
    }
  }
}

/// Quantizers as Keras writes them: `{"class_name": …, "config": {…}}`, or a string such as `quantized_bits(8,0,alpha=1)`.
enum QuantizerConfig {
  /// The quantizer under a key; nil without the key or with null.
  static func read(_ config: JSONNode, _ key: String, tensor: String? = nil) throws -> Quantizer? {
    guard var node = try config.memberIfPresent(key), !node.isNull else { return nil }
    node.location.tensor = tensor
    return try read(node)
  }

  static func read(_ node: JSONNode) throws -> Quantizer {
    if case .string(let text) = node.value {
      return try Quantizer(QuantizerArguments(parsing: text, location: node.location))
    }
    let name = LayerEntry.className(try node.string("class_name"))
    var named: [String: QuantizerArguments.Value] = [:]
    if let config = try node.memberIfPresent("config"), !config.isNull {
      for argument in try config.object() {
        named[argument.key] = try value(config.member(argument.key))
      }
    }
    return try Quantizer(QuantizerArguments(quantizer: name, named: named, location: node.location))
  }

  private static func value(_ node: JSONNode) throws -> QuantizerArguments.Value {
    switch node.value {
    case .null: return .none
    case .bool(let bool): return .bool(bool)
    case .int(let int): return .int(Int64(int))
    case .double(let double): return .double(double)
    case .string(let string): return .string(string)
    case .array:
      var numbers: [Double] = []
      let shape = try flatten(node, into: &numbers)
      return .array(numbers, shape: shape)
    case .object:
      // How Keras writes NumPy arrays and tensors: {"class_name": "__numpy__", "config": {"value": …, "dtype": …}}
      let config = try node.member("config")
      return try value(try config.member("value"))
    }
  }

  /// Appends an array's numbers, last axis fastest, and returns its shape.
  private static func flatten(_ node: JSONNode, into numbers: inout [Double]) throws -> [Int] {
    guard case .array = node.value else {
      numbers.append(try node.double())
      return []
    }
    let elements = try node.array()
    var inner: [Int]?
    for element in elements {
      let shape = try flatten(element, into: &numbers)
      try node.require(
        inner == nil || inner == shape, "is an array of arrays of unequal lengths", supported: "numbers in a rectangle")
      inner = shape
    }
    return [elements.count] + (inner ?? [])
  }
}

/// How a kernel or a pooling window moves, as a configuration says it; the padding follows from the input's shape.
struct WindowConfig {
  enum Mode: String {
    case valid, same, causal
  }

  var size: Extents
  var stride: Extents
  var dilation: Extents
  var mode: Mode

  /// Over rows and columns.
  static func plane(
    _ config: JSONNode, size sizeKey: String, strideDefaultsToSize: Bool = false
  ) throws -> WindowConfig {
    try config.requireChannelsLast()
    let size = try config.extent(sizeKey)
    return try WindowConfig(
      size: size,
      stride: config.extent("strides", default: strideDefaultsToSize ? size : .one, orNone: strideDefaultsToSize),
      dilation: config.extent("dilation_rate", default: .one), mode: mode(config, supported: [.valid, .same])
    ).checked(config)
  }

  /// Over the steps of a sequence: one row, a step per column.
  static func row(
    _ config: JSONNode, size sizeKey: String, strideDefaultsToSize: Bool = false, causal: Bool = false
  ) throws -> WindowConfig {
    try config.requireChannelsLast()
    let size = try config.length(sizeKey)
    let stride = try config.length(
      "strides", default: strideDefaultsToSize ? size : 1, orNone: strideDefaultsToSize)
    return try WindowConfig(
      size: Extents(rows: 1, columns: size), stride: Extents(rows: 1, columns: stride),
      dilation: Extents(rows: 1, columns: config.length("dilation_rate", default: 1)),
      mode: mode(config, supported: causal ? [.valid, .same, .causal] : [.valid, .same])
    ).checked(config)
  }

  private func checked(_ config: JSONNode) throws -> WindowConfig {
    try require(
      stride == .one || dilation == .one, "strides and dilation_rate at once", at: config.location,
      supported: "one of the two, as in Keras", fix: "leave one of them at 1")
    return self
  }

  private static func mode(_ config: JSONNode, supported: [Mode]) throws -> Mode {
    guard let node = try config.memberIfPresent("padding") else { return .valid }
    let name = try node.string()
    guard let mode = Mode(rawValue: name), supported.contains(mode) else {
      throw node.problem("is '\(name)'", supported: supported.map(\.rawValue).joined(separator: ", "))
    }
    return mode
  }

  /// - Parameter shape: [rows, columns, channels].
  func window(over shape: Shape) -> Window {
    let input = Extents(rows: shape.extents[0], columns: shape.extents[1])
    let padding: Padding
    switch mode {
    case .valid: padding = .none
    case .same: padding = .same(input: input, kernel: size, stride: stride, dilation: dilation)
    case .causal: padding = Padding(left: (size.columns - 1) * dilation.columns)
    }
    return Window(size: size, stride: stride, dilation: dilation, padding: padding)
  }
}
