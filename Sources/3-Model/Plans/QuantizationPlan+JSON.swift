import Diagnostics
import Files
import JSON
import Numbers

/// A plan as JSON (`schemas/plan.schema.json`). What is not decided is left out: a plan of widths alone is a plan too.
extension QuantizationPlan {
  private static let version = 1

  /// A line for each map and parameter.
  package var json: String {
    func section(_ name: String, _ lines: [(key: String, value: String)]) -> String {
      let entries = lines.sorted { $0.key < $1.key }.map { "    \(quoted($0.key)): {\($0.value)}" }
      return "  \(quoted(name)): {" + (entries.isEmpty ? "}" : "\n" + entries.joined(separator: ",\n") + "\n  }")
    }
    let sections = [
      section("maps", maps.map { ($0.key, $0.value.members) }),
      section("weights", weights.map { ($0.key, $0.value.members) }),
      section("biases", biases.map { ($0.key, $0.value.members) }),
    ]
    return "{\n  \"version\": \(Self.version),\n" + sections.joined(separator: ",\n") + "\n}\n"
  }

  /// - Throws: everything in the file that is no plan.
  package init(file: String) throws(Diagnostics) {
    let bytes = try Diagnostics.collected { try InputFile(file).bytes(limit: JSONParser.sizeLimit) }
    try self.init(json: bytes, file: file)
  }

  /// - Parameter file: for messages.
  /// - Throws: everything in it that is no plan.
  package init(json bytes: [UInt8], file: String) throws(Diagnostics) {
    var problems = Diagnostics()
    self.init()
    let location = Diagnostic.Location(file: file)
    guard let document = problems.collecting({ try JSONNode(JSONParser.parse(bytes, at: location), at: location) })
    else {
      throw problems
    }
    problems.collecting {
      try document.requireKeys("version", "maps", "weights", "biases")
      let version = try document.intIfPresent("version") ?? Self.version
      guard version == Self.version else {
        throw document.problem("is a plan of version \(version)", supported: "version \(Self.version)")
      }
    }
    func section<Entry>(_ key: String, _ entry: (JSONNode) throws -> Entry) -> [String: Entry] {
      var entries: [String: Entry] = [:]
      let members = problems.collecting { try document.memberIfPresent(key)?.object() ?? [] }
      for member in members ?? [] {
        let node = JSONNode(member.value, path: "\(key).\(member.key)", at: location)
        entries[member.key] = problems.collecting { try entry(node) }
      }
      return entries
    }
    maps = section("maps", MapPlan.init)
    weights = section("weights", WeightPlan.init)
    biases = section("biases", BiasPlan.init)
    try problems.throwIfErrors()
  }
}

extension MapPlan {
  fileprivate var members: String {
    let scale = scale.map { ", \"scale\": \($0)" } ?? ""
    let factors = factors.isEmpty ? "" : ", \"factors\": \(list(factors))"
    return "\"bits\": \(bits), \"signed\": \(isSigned), \"scheme\": \"\(scheme.rawValue)\"\(scale), "
      + "\"zeroPoint\": \(zeroPoint)\(factors)"
  }

  fileprivate init(_ node: JSONNode) throws {
    try node.requireKeys("bits", "signed", "scheme", "scale", "zeroPoint", "factors")
    self.init(bits: try node.int("bits"), isSigned: try node.boolIfPresent("signed") ?? false)
    if let name = try node.stringIfPresent("scheme") {
      guard let scheme = Scheme(rawValue: name) else {
        throw node.problem(
          "has the scheme '\(name)'", supported: Scheme.allCases.map(\.rawValue).joined(separator: ", "))
      }
      self.scheme = scheme
    }
    scale = try node.doubleIfPresent("scale").map { Float($0) }
    zeroPoint = try node.intIfPresent("zeroPoint") ?? 0
    factors = try node.floatsIfPresent("factors") ?? []
  }
}

extension WeightPlan {
  fileprivate var members: String {
    "\"bits\": \(bits), \"perChannel\": \(isPerChannel)" + numberMembers(scales, codes)
  }

  fileprivate init(_ node: JSONNode) throws {
    try node.requireKeys("bits", "perChannel", "scales", "codes")
    self.init(
      bits: try node.int("bits"), isPerChannel: try node.boolIfPresent("perChannel") ?? true,
      scales: try node.floatsIfPresent("scales"), codes: try node.codes())
  }
}

extension BiasPlan {
  fileprivate var members: String { "\"bits\": \(bits)" + numberMembers(scales, codes) }

  fileprivate init(_ node: JSONNode) throws {
    try node.requireKeys("bits", "scales", "codes")
    self.init(bits: try node.int("bits"), scales: try node.floatsIfPresent("scales"), codes: try node.codes())
  }
}

private func numberMembers(_ scales: [Float]?, _ codes: IntegerArray?) -> String {
  (scales.map { ", \"scales\": \(list($0))" } ?? "")
    + (codes.map { ", \"codes\": [\($0.map(\.description).joined(separator: ","))]" } ?? "")
}

private func list(_ numbers: [Float]) -> String { "[\(numbers.map(\.description).joined(separator: ", "))]" }

extension JSONNode {
  fileprivate func floatsIfPresent(_ key: String) throws -> [Float]? {
    try arrayIfPresent(key)?.map { Float(try $0.double()) }
  }

  fileprivate func codes() throws -> IntegerArray? {
    try arrayIfPresent("codes").map { IntegerArray(try $0.map { Int64(try $0.int()) }) }
  }

  fileprivate func requireKeys(_ keys: String...) throws {
    let unknown = try object().map(\.key).filter { !keys.contains($0) }
    if !unknown.isEmpty {
      throw problem("has the keys \(unknown.quotedList)", supported: keys.joined(separator: ", "))
    }
  }
}

private func quoted(_ text: String) -> String { JSONValue.string(text).text }
