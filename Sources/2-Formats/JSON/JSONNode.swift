import Diagnostics

/// A value in a document that knows where it is, so that a wrong type or a missing key is said with its path:
/// `'config.layers[3].config.bits' is a string; supported: an integer`.
package struct JSONNode: ProblemSource, Sendable {
  package let value: JSONValue
  /// From the document's root, empty for the root itself.
  package let path: String
  /// What problems are about: the file, and the layer where it is known.
  package var location: Diagnostic.Location

  package init(_ value: JSONValue, path: String = "", at location: Diagnostic.Location = .init()) {
    self.value = value
    self.path = path
    self.location = location
  }

  // MARK: The value itself

  package func object() throws -> [JSONMember] {
    if case .object(let members) = value { return members }
    throw wrongType("an object")
  }

  package func array() throws -> [JSONNode] {
    guard case .array(let elements) = value else { throw wrongType("an array") }
    return elements.enumerated().map { JSONNode($1, path: "\(path)[\($0)]", at: location) }
  }

  package func string() throws -> String {
    if case .string(let text) = value { return text }
    throw wrongType("a string")
  }

  /// Also a number like 8.0.
  package func int() throws -> Int {
    switch value {
    case .int(let number): return number
    case .double(let number):
      if let exact = Int(exactly: number) { return exact }
    default: break
    }
    throw wrongType("an integer")
  }

  /// Also an integer; may be infinite or not a number.
  package func double() throws -> Double {
    switch value {
    case .int(let number): return Double(number)
    case .double(let number): return number
    default: throw wrongType("a number")
    }
  }

  package func bool() throws -> Bool {
    if case .bool(let flag) = value { return flag }
    throw wrongType("true or false")
  }

  package var isNull: Bool { value == .null }

  // MARK: Members

  /// The member of that key, `nil` without one; `null` is a member.
  package func memberIfPresent(_ key: String) throws -> JSONNode? {
    _ = try object()
    return value[key].map { JSONNode($0, path: path.isEmpty ? key : "\(path).\(key)", at: location) }
  }

  package func member(_ key: String) throws -> JSONNode {
    if let member = try memberIfPresent(key) { return member }
    throw Diagnostic("\(subject) has no key '\(key)'", at: location)
  }

  package func array(_ key: String) throws -> [JSONNode] { try member(key).array() }
  package func string(_ key: String) throws -> String { try member(key).string() }
  package func int(_ key: String) throws -> Int { try member(key).int() }
  package func double(_ key: String) throws -> Double { try member(key).double() }
  package func bool(_ key: String) throws -> Bool { try member(key).bool() }

  /// `nil` without the key or with `null`.
  package func arrayIfPresent(_ key: String) throws -> [JSONNode]? { try present(key)?.array() }
  /// `nil` without the key or with `null`.
  package func stringIfPresent(_ key: String) throws -> String? { try present(key)?.string() }
  /// `nil` without the key or with `null`.
  package func intIfPresent(_ key: String) throws -> Int? { try present(key)?.int() }
  /// `nil` without the key or with `null`.
  package func doubleIfPresent(_ key: String) throws -> Double? { try present(key)?.double() }
  /// `nil` without the key or with `null`.
  package func boolIfPresent(_ key: String) throws -> Bool? { try present(key)?.bool() }

  private func present(_ key: String) throws -> JSONNode? {
    guard let member = try memberIfPresent(key), !member.isNull else { return nil }
    return member
  }

  // MARK: Problems

  /// A problem at this value.
  package func problem(_ found: String, supported: String? = nil, fix: String? = nil) -> Diagnostic {
    Diagnostic("\(subject) \(found)", at: location, supported: supported, fix: fix)
  }

  private func wrongType(_ wanted: String) -> Diagnostic {
    problem("is \(value.typeDescription)", supported: wanted)
  }

  private var subject: String { path.isEmpty ? "the document" : "'\(path)'" }
}
