import Foundation

/// A file of the folder `schemas`, as far as our schemas use JSON Schema.
package struct JSONSchema {
  private let root: [String: Any]

  package init(_ name: String) throws {
    let data = try Data(contentsOf: URL(filePath: Repository.path("schemas/\(name)")))
    root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// What a value has that the schema does not allow, each with its place.
  package func problems(of value: Any) throws -> [String] { try problems(of: value, at: "", by: root) }

  private struct Unknown: Error { let keyword: String }

  private static let annotations: Set = ["$schema", "$defs", "title", "description", "default"]

  private func problems(of value: Any, at place: String, by schema: [String: Any]) throws -> [String] {
    var found: [String] = []
    func expect(_ isRight: Bool, _ problem: String) { if !isRight { found.append("\(place): \(problem)") } }
    let object = value as? [String: Any]
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    let number = (value as? NSNumber)?.doubleValue
    for (keyword, rule) in schema {
      switch keyword {
      case _ where Self.annotations.contains(keyword): break
      case "$ref": found += try problems(of: value, at: place, referringTo: rule as? String ?? "")
      case "type": expect(Self.has(value, rule as? String ?? ""), "is no \(rule)")
      case "const": expect((value as? NSObject) == (rule as? NSObject), "is not \(rule)")
      case "enum": expect((rule as? [NSObject])?.contains { $0 == value as? NSObject } == true, "is none of \(rule)")
      case "minimum": expect(number.map { $0 >= (rule as? Double ?? 0) } ?? true, "is less than \(rule)")
      case "maximum": expect(number.map { $0 <= (rule as? Double ?? 0) } ?? true, "is more than \(rule)")
      case "exclusiveMinimum": expect(number.map { $0 > (rule as? Double ?? 0) } ?? true, "is not above \(rule)")
      case "minItems": expect((value as? [Any]).map { $0.count >= rule as? Int ?? 0 } ?? true, "has less than \(rule)")
      case "maxItems": expect((value as? [Any]).map { $0.count <= rule as? Int ?? 0 } ?? true, "has more than \(rule)")
      case "required":
        for name in rule as? [String] ?? [] { expect(object?[name] != nil, "has no \(name)") }
      case "properties":
        for (name, member) in object ?? [:] {
          if let rule = properties[name] { found += try problems(of: member, at: "\(place)/\(name)", by: rule) }
        }
      case "additionalProperties":
        for (name, member) in object ?? [:] where properties[name] == nil {
          if let rule = rule as? [String: Any] {
            found += try problems(of: member, at: "\(place)/\(name)", by: rule)
          } else {
            expect(rule as? Bool == true, "has \(name)")
          }
        }
      case "items":
        for (index, item) in (value as? [Any] ?? []).enumerated() {
          found += try problems(of: item, at: "\(place)/\(index)", by: rule as? [String: Any] ?? [:])
        }
      default: throw Unknown(keyword: keyword)
      }
    }
    return found.sorted()
  }

  private func problems(of value: Any, at place: String, referringTo name: String) throws -> [String] {
    guard name.hasPrefix("#/$defs/") else {
      return try JSONSchema(name).problems(of: value).map { "\(place)\($0)" }
    }
    let definitions = root["$defs"] as? [String: [String: Any]]
    guard let schema = definitions?[String(name.dropFirst(8))] else { throw Unknown(keyword: name) }
    return try problems(of: value, at: place, by: schema)
  }

  private static func has(_ value: Any, _ type: String) -> Bool {
    let number = value as? NSNumber
    // What Foundation makes of `true`.
    let isBoolean = number.map { String(cString: $0.objCType) == "c" } ?? false
    return switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBoolean
    case "number": number != nil && !isBoolean
    case "integer": number.map { !isBoolean && $0.doubleValue == $0.doubleValue.rounded() } ?? false
    default: false
    }
  }
}
