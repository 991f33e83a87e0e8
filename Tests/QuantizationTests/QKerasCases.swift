import Diagnostics
import JSON
import Quantization

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
    let folder = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "testdata/quantizers/\(file)"))
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
        name: "\(arguments.quantizer) \(try entry.member("config").value) on \(try entry.string("tensor"))",
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

  private static func arguments(_ node: JSONNode) throws -> QuantizerArguments {
    let members = try node.member("config").object()
    let named = members.map { ($0.key, value($0.value)) }
    return QuantizerArguments(
      quantizer: try node.string("quantizer"), named: Dictionary(named, uniquingKeysWith: { _, last in last }))
  }

  private static func value(_ json: JSONValue) -> QuantizerArguments.Value {
    switch json {
    case .null, .object: .none
    case .bool(let bool): .bool(bool)
    case .int(let int): .int(Int64(int))
    case .double(let double): .double(double)
    case .string(let string): .string(string)
    case .array(let elements):
      .array(
        elements.map {
          switch $0 {
          case .int(let int): Double(int)
          case .double(let double): double
          default: .nan
          }
        }, shape: [elements.count])
    }
  }
}
