import Diagnostics
import JSON
import Quantization
import Quantizers

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
    let name = try node.string("class_name")
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
      guard inner == nil || inner == shape else {
        throw node.problem("is an array of arrays of unequal lengths", supported: "numbers in a rectangle")
      }
      inner = shape
    }
    return [elements.count] + (inner ?? [])
  }
}
