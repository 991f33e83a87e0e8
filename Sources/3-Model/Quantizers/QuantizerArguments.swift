import Diagnostics

/// The arguments of a quantizer as a model file gives them, by name or by position. Readers take them one by one, each
/// with its default; problems are collected, and what nobody took is one.
package struct QuantizerArguments {
  package enum Value: Sendable, Equatable, CustomStringConvertible {
    case none
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    /// Flattened, last axis fastest.
    case array([Double], shape: [Int])

    package var description: String {
      switch self {
      case .none: "None"
      case .bool(let bool): bool ? "True" : "False"
      case .int(let int): "\(int)"
      case .double(let double): "\(double)"
      case .string(let string): "'\(string)'"
      case .array(let numbers, let shape): "an array of \(numbers.count) numbers of shape \(shape)"
      }
    }
  }

  package let quantizer: String
  package var location: Diagnostic.Location
  package private(set) var problems = Diagnostics()
  private var named: [String: Value]
  private let positional: [Value]

  package init(
    quantizer: String, positional: [Value] = [], named: [String: Value] = [:], location: Diagnostic.Location = .init()
  ) {
    self.quantizer = quantizer
    self.positional = positional
    self.named = named
    self.location = location
  }

  /// Gives positional arguments their names, in the order of the Python constructor.
  package mutating func bind(to parameters: [String]) {
    if positional.count > parameters.count {
      refuse(
        "\(positional.count) arguments", supported: "at most \(parameters.count): \(parameters.joined(separator: ", "))"
      )
    }
    for (name, value) in zip(parameters, positional) where named.updateValue(value, forKey: name) != nil {
      refuse("argument '\(name)' is given twice")
    }
  }

  package mutating func refuse(_ found: String, supported: String? = nil, fix: String? = nil) {
    problems.report("\(quantizer): \(found)", at: location, supported: supported, fix: fix)
  }

  package mutating func take(_ name: String) -> Value? { named.removeValue(forKey: name) }

  /// Whether one of `names` is given and not yet taken.
  package func mentions(_ names: String...) -> Bool { names.contains { named[$0] != nil } }

  /// Arguments that do not change what a trained network computes.
  package mutating func ignore(_ names: String...) {
    for name in names { named[name] = nil }
  }

  /// An integer as Python has them, where 3.0 is none: QKeras makes an integer tensor of it.
  package mutating func int(_ name: String, default standard: Int, in range: ClosedRange<Int>) -> Int {
    if case .double(let double)? = named[name], double.rounded() == double, abs(double) < 1e9 {
      refuse(
        "\(name) is the float \(double)", supported: "an integer in \(range.lowerBound)...\(range.upperBound)",
        fix: "write \(name)=\(Int(double))")
      named[name] = nil
    }
    return wholeNumber(name, default: standard, in: range)
  }

  /// An integer, or a float without a fraction.
  package mutating func wholeNumber(_ name: String, default standard: Int, in range: ClosedRange<Int>) -> Int {
    let value: Int
    switch take(name) {
    case nil: return standard
    case .int(let int): value = Int(int)
    case .bool(let bool): value = bool ? 1 : 0
    case .double(let double) where double.rounded() == double && abs(double) < 1e9: value = Int(double)
    // A tf.Variable that was serialized as an array of one number.
    case .array(let numbers, _) where numbers.count == 1 && numbers[0].rounded() == numbers[0] && abs(numbers[0]) < 1e9:
      value = Int(numbers[0])
    case let other?:
      refuse("\(name) is \(other)", supported: "an integer in \(range.lowerBound)...\(range.upperBound)")
      return standard
    }
    guard range.contains(value) else {
      refuse("\(name) = \(value)", supported: "\(name) in \(range.lowerBound)...\(range.upperBound)")
      return standard
    }
    return value
  }

  /// One integer or a list of them, or nil where it is None or not given.
  package mutating func ints(_ name: String) -> [Int]? {
    switch take(name) {
    case nil, .some(.none): return nil
    case .int(let int) where abs(int) < 1 << 30: return [Int(int)]
    case .array(let numbers, _) where !numbers.isEmpty && numbers.allSatisfy({ $0.rounded() == $0 && abs($0) < 1e9 }):
      return numbers.map { Int($0) }
    case let other?:
      refuse("\(name) is \(other)", supported: "None, an integer, a list of integers")
      return nil
    }
  }

  /// An exponent of two, or nil where it is None or not given.
  package mutating func exponent(_ name: String) -> Int? {
    guard let numbers = ints(name) else { return nil }
    if numbers.count == 1, (-126...127).contains(numbers[0]) { return numbers[0] }
    refuse("\(name) = \(numbers)", supported: "an integer in -126...127")
    return nil
  }

  package mutating func bool(_ name: String, default standard: Bool) -> Bool {
    switch take(name) {
    case nil: return standard
    case .bool(let bool): return bool
    case .int(0), .double(0): return false
    case .int(1), .double(1): return true
    case let other?:
      refuse("\(name) is \(other)", supported: "True or False, 1 or 0")
      return standard
    }
  }

  /// A finite number; nil where it has no default and is None or not given.
  package mutating func number(_ name: String, default standard: Double? = nil) -> Double? {
    switch take(name) {
    case nil: return standard
    case .some(.none) where standard == nil: return nil
    case .int(let int): return Double(int)
    case .double(let double) where Float(double).isFinite: return double
    case .bool(let bool): return bool ? 1 : 0
    case .array(let numbers, _) where numbers.count == 1 && Float(numbers[0]).isFinite: return numbers[0]
    case let other?:
      refuse("\(name) is \(other)", supported: "a finite number")
      return standard
    }
  }

  /// A float as Python has them, where 3 is none: TensorFlow computes with a float32 tensor of it.
  package mutating func float(_ name: String, default standard: Double) -> Double {
    switch take(name) {
    case nil: return standard
    case .double(let double) where Float(double).isFinite: return double
    case let other?:
      var fix: String?
      if case .int(let int) = other { fix = "write \(name)=\(int).0" }
      refuse("\(name) is \(other)", supported: "a finite float", fix: fix)
      return standard
    }
  }

  package mutating func string(_ name: String, default standard: String) -> String {
    switch take(name) {
    case nil: return standard
    case .string(let string): return string
    case let other?:
      refuse("\(name) is \(other)", supported: "a string")
      return standard
    }
  }

  package mutating func alpha(_ name: String = "alpha") -> Alpha {
    switch take(name) {
    case nil, .some(.none): return .none
    case .string("auto"): return .auto
    case .string("auto_po2"): return .autoPowerOfTwo
    case .int(let int) where int != 0: return .number(Double(int))
    case .double(let double) where Float(double).isFinite && Float(double) != 0: return .number(double)
    case .bool(true): return .number(1)
    case .array(let numbers, let shape) where !numbers.isEmpty && numbers.allSatisfy({ Float($0).isFinite }):
      return .array(numbers, shape: shape)
    case let other?:
      refuse(
        "\(name) is \(other)", supported: "None, a finite number that is not 0, an array of them, 'auto', 'auto_po2'")
      return .none
    }
  }

  /// QKeras mixes the unquantized value in with weight 1 - qnoise_factor: what it saves of a trained network is 1.
  package mutating func requireFullNoise() {
    if let noise = number("qnoise_factor", default: 1), noise != 1 {
      refuse("qnoise_factor = \(noise)", supported: "1 (fully quantized)", fix: "set qnoise_factor to 1 before saving")
    }
    ignore("var_name", "use_ste", "use_variables")
  }

  /// Throws what was collected, unknown arguments included.
  package mutating func finish() throws {
    for name in named.keys.sorted() { refuse("unknown argument '\(name)'") }
    try problems.throwIfErrors()
  }

  /// Reads the string form of a quantizer, `quantized_bits(8,0,alpha='auto_po2')`, by the rules of QKeras' `safe_eval`: a
  /// name alone takes all defaults, and values are numbers, True, False, None, quoted strings or `[1 2]`. No code runs.
  package init(parsing text: String, location: Diagnostic.Location = .init()) throws {
    func refused(_ found: String) -> Diagnostic {
      Diagnostic(
        "quantizer '\(text)': \(found)", at: location, supported: "name or name(value, …, name=value)",
        fix: "write it like quantized_bits(8,0,alpha='auto_po2')")
    }
    let parts = text.split(separator: "(", omittingEmptySubsequences: false)
    let name = parts[0].trimmed
    guard !name.isEmpty else { throw refused("it has no name") }
    guard parts.count > 1 else {
      self.init(quantizer: String(name), location: location)
      return
    }
    guard parts.count == 2 else { throw refused("parentheses inside parentheses") }
    let inside = parts[1].trimmed
    guard inside.last == ")", inside.filter({ $0 == ")" }).count == 1 else { throw refused("no single ')' at its end") }

    var positional: [Value] = []
    var named: [String: Value] = [:]
    let items = inside.dropLast().split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    for item in items where items != [""] {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
      guard let written = sides.last, !written.isEmpty else { throw refused("an empty argument") }
      guard let value = Value(parsing: written) else { throw refused("\(written) is no value") }
      if sides.count == 1 {
        guard named.isEmpty else { throw refused("a value without a name follows one with a name") }
        positional.append(value)
      } else if sides[0].isEmpty || named.updateValue(value, forKey: String(sides[0])) != nil {
        throw refused(sides[0].isEmpty ? "a value without its name" : "argument '\(sides[0])' is given twice")
      }
    }
    self.init(quantizer: String(name), positional: positional, named: named, location: location)
  }
}

extension QuantizerArguments.Value {
  /// Whether Python takes it for true.
  package var isTrue: Bool { ![.none, .bool(false), .int(0), .double(0), .string("")].contains(self) }

  fileprivate init?(parsing text: Substring) {
    switch text {
    case "True": self = .bool(true)
    case "False": self = .bool(false)
    case "None": self = .none
    default:
      if let int = Int64(text) {
        self = .int(int)
      } else if let double = Double(text) {
        self = .double(double)
      } else if let quote = text.first, quote == "'" || quote == "\"", text.count > 1, text.last == quote {
        self = .string(String(text.dropFirst().dropLast()))
      } else if text.first == "[", text.last == "]" {
        let numbers = text.dropFirst().dropLast().split(separator: " ").map { Double($0) }
        guard !numbers.isEmpty, !numbers.contains(nil) else { return nil }
        self = .array(numbers.compactMap { $0 }, shape: [numbers.count])
      } else {
        return nil
      }
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start.prefix(0) }
    return start[...last]
  }
}
