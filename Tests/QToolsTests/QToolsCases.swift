import Diagnostics
import Foundation
import JSON
import QTools
import Quantization
import Targets
import Testing
import TestSupport

/// What QKeras said of networks: `testdata/qtools/<group>.json` (make.py beside it), and the reference networks' own files.
struct QToolsCase: CustomTestStringConvertible {
  let name: String
  let file: String
  let types: DataTypeOptions
  let memory: EnergyModel.Options
  /// nil where QKeras fails.
  let map: JSONValue?
  let energy: Energy?

  struct Energy {
    /// Inputs, outputs, parameters, operations, and what counts of them.
    let layers: [String: [Double]]
    let total: Int
    let sum: Int
  }

  var testDescription: String { name }
}

enum QToolsCases {
  static func read(_ path: String) throws -> [JSONMember] {
    try JSONNode(JSONParser.parse(String(contentsOfFile: path, encoding: .utf8), at: .init(file: path))).object()
  }

  /// A group's cases; an empty list fails the test that counts them.
  static func group(_ name: String) -> [QToolsCase] {
    let document = (try? read("\(Repository.testdata)/qtools/\(name).json")).map { JSONValue.object($0) }
    guard case .array(let types)? = document?["types"], case .object(let members)? = document?["cases"] else {
      return []
    }
    let maps = Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value["map"]) })
    return members.compactMap { member in
      guard case .string(let file)? = member.value["file"], case .object(let options)? = member.value["options"] else {
        return nil
      }
      var map = member.value["map"]
      if case .string(let same)? = map { map = maps[same] ?? nil }
      return try? QToolsCase(
        name: member.key, file: "\(Repository.testdata)/\(file)", types: Self.types(options), memory: memory(options),
        map: map.map { withTypes($0, types) }, energy: energy(member.value))
    }
  }

  /// A map whose numbers are types again.
  private static func withTypes(_ map: JSONValue, _ types: [JSONValue]) -> JSONValue {
    switch map {
    case .int(let index): types.indices.contains(index) ? types[index] : .null
    case .array(let elements): .array(elements.map { withTypes($0, types) })
    case .object(let members):
      .object(
        members.map { member in
          JSONMember(
            key: member.key,
            value: member.key == "operation_count" ? member.value : withTypes(member.value, types))
        })
    case .null, .bool, .double, .string: map
    }
  }

  /// The networks that came with what QKeras says of them.
  static let reference: [QToolsCase] = {
    guard let folder = Repository.models.map({ "\($0)/qtools" }),
      let files = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return [] }
    return files.filter { $0.hasSuffix(".json") }.sorted().compactMap { file in
      guard let members = try? read("\(folder)/\(file)") else { return nil }
      let document = JSONValue.object(members)
      let name = String(file.dropLast(5))
      var types = DataTypeOptions()
      types.isQToolsCompatible = true
      guard case .string(let source)? = document["source_quantizer"],
        let type = try? DataType(parsing: source, option: "")
      else { return nil }
      types.source = type
      return QToolsCase(
        name: name, file: "\(folder)/\(name).h5", types: types, memory: .init(), map: document["data_type_map"],
        energy: sharedEnergy(document))
    }
  }()

  private static func types(_ options: [JSONMember]) throws -> DataTypeOptions {
    var types = DataTypeOptions()
    types.isQToolsCompatible = true
    for option in options {
      switch option.key {
      case "source": types.source = try type(option) ?? .standard
      case "keras_quantizer": types.kerasQuantizer = try type(option)
      case "keras_accumulator": types.kerasAccumulator = try type(option)
      case "for_reference": types.isForReference = option.value == .bool(true)
      case "inference": types.isInference = option.value == .bool(true)
      default: break
      }
    }
    return types
  }

  private static func type(_ option: JSONMember) throws -> DataType? {
    guard case .string(let text) = option.value else { return nil }
    return try DataType(parsing: text, option: option.key)
  }

  private static func memory(_ options: [JSONMember]) throws -> EnergyModel.Options {
    var memory = EnergyModel.Options()
    for option in options {
      switch (option.key, option.value) {
      case ("weights_on", .string(let name)): memory.weightsOn = EnergyModel.Memory(rawValue: name) ?? .sram
      case ("activations_on", .string(let name)): memory.activationsOn = EnergyModel.Memory(rawValue: name) ?? .sram
      case ("min_sram_size", .int(let bits)): memory.minimumSRAMBits = bits
      case ("io", .bool(let usesIO)): memory.usesIO = usesIO
      default: break
      }
    }
    return memory
  }

  private static func energy(_ value: JSONValue) -> QToolsCase.Energy? {
    guard case .object(let layers)? = value["energy"], case .int(let total)? = value["total_cost"],
      case .int(let sum)? = value["sum"]
    else { return nil }
    let numbers = layers.map { layer -> (String, [Double]) in
      guard case .array(let values) = layer.value else { return (layer.key, []) }
      return (layer.key, values.compactMap(\.number))
    }
    return .init(layers: Dictionary(uniqueKeysWithValues: numbers), total: total, sum: sum)
  }

  /// In the nesting of QKeras' own functions.
  private static func sharedEnergy(_ document: JSONValue) -> QToolsCase.Energy? {
    guard case .object(let layers)? = document["energy"], let profile = document["energy_profile"],
      case .int(let sum)? = document["energy_sum_pj"], case .int(let total)? = document["energy"]?["total_cost"]
    else { return nil }
    let numbers = layers.filter { $0.key != "total_cost" }.map { layer -> (String, [Double]) in
      let energy = layer.value["energy"]
      let values = ["inputs", "outputs", "parameters", "op_cost"].map { energy?[$0] }
      return (layer.key, (values + [profile[layer.key]?["total"]]).compactMap { $0?.number })
    }
    return .init(layers: Dictionary(uniqueKeysWithValues: numbers), total: total, sum: sum)
  }
}

extension JSONValue {
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    case .bool(let value): value ? 1 : 0
    case .null, .string, .array, .object: nil
    }
  }
}
