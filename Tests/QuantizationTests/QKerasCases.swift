import Diagnostics
import JSON
import Quantization
import Quantizers
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What QKeras itself computed (testdata/quantizers/make.py).
struct QKerasCases {
  struct FeatureMap {
    let arguments: QuantizerArguments
    let inputs: [Float]
    let outputs: [Float]
  }

  struct Parameter {
    let name: String
    let arguments: QuantizerArguments
    let isTrainable: Bool
    let shape: [Int]
    let inputs: [Float]
    let outputs: [Float]
    let scales: [Float]
  }

  struct Text {
    let text: String
    let inputs: [Float]
    let outputs: [Float]
  }

  private let document: JSONNode

  init(_ file: String) throws {
    let data = try Data(contentsOf: Repository.root.appending(path: "testdata/quantizers/\(file)"))
    document = JSONNode(try JSONParser.parse([UInt8](data)))
  }

  func featureMaps() throws -> [FeatureMap] {
    try document.array("featureMaps").map {
      FeatureMap(arguments: try Self.arguments($0), inputs: try Self.floats($0, "x"), outputs: try Self.floats($0, "y"))
    }
  }

  func parameters() throws -> [Parameter] {
    let tensors = try document.member("tensors")
    return try document.array("parameters").map { entry in
      let tensor = try tensors.member(entry.string("tensor"))
      let arguments = try Self.arguments(entry)
      return Parameter(
        name: "\(try Quantizer(arguments).kind.description) on \(try entry.string("tensor"))",
        arguments: arguments, isTrainable: try entry.bool("trainable"),
        shape: try tensor.array("shape").map { try $0.int() }, inputs: try Self.floats(tensor, "x"),
        outputs: try Self.floats(entry, "y"), scales: try Self.floats(entry, "scale"))
    }
  }

  func strings() throws -> [Text] {
    try document.array("strings").map {
      Text(text: try $0.string("text"), inputs: try Self.floats($0, "x"), outputs: try Self.floats($0, "y"))
    }
  }

  func functions() throws -> [Text] {
    try document.array("functions").map {
      Text(text: try $0.string("name"), inputs: try Self.floats($0, "x"), outputs: try Self.floats($0, "y"))
    }
  }

  private static func floats(_ node: JSONNode, _ key: String) throws -> [Float] {
    let data = Data(base64Encoded: try node.string(key)) ?? Data()
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }

  /// A quantizer as a model or a case holds it: a string, or its class and configuration.
  static func arguments(_ node: JSONNode) throws -> QuantizerArguments {
    if case .string(let text) = node.value { return try QuantizerArguments(parsing: text) }
    let named = try node.member("config").object().map { ($0.key, try value($0.value)) }
    return QuantizerArguments(
      quantizer: try node.string("class_name"), named: Dictionary(named, uniquingKeysWith: { _, last in last }))
  }

  private static func value(_ json: JSONValue) throws -> QuantizerArguments.Value {
    switch json {
    case .null: return .none
    case .bool(let bool): return .bool(bool)
    case .int(let int): return .int(Int64(int))
    case .double(let double): return .double(double)
    case .string(let string): return .string(string)
    case .array: return .array(try numbers(json), shape: shape(json))
    // An array in a layer's configuration.
    case .object: return try value(JSONNode(json).member("config").member("value").value)
    }
  }

  private static func numbers(_ json: JSONValue) throws -> [Double] {
    guard case .array(let elements) = json else { return [try JSONNode(json).double()] }
    return try elements.flatMap(numbers)
  }

  private static func shape(_ json: JSONValue) -> [Int] {
    guard case .array(let elements) = json else { return [] }
    return [elements.count] + (elements.first.map(shape) ?? [])
  }
}
