import JSON

extension JSONValue {
  /// With every object that layers share as Keras has it. It stands in each of their configurations, under one number;
  /// Keras makes it of the first, whatever the others say.
  var resolvingSharedObjects: JSONValue {
    var shared: [JSONValue: JSONValue] = [:]
    return resolved(&shared)
  }

  private func resolved(_ shared: inout [JSONValue: JSONValue]) -> JSONValue {
    switch self {
    case .null, .bool, .int, .double, .string: return self
    case .array(let elements): return .array(elements.map { $0.resolved(&shared) })
    case .object(let members):
      // Those that stand in a layer's configuration as they were in memory; what a layer's constructor reads itself is its own.
      let number = self["__passive_serialization__"] == nil ? nil : self["shared_object_id"]
      if let number, let object = shared[number] { return object }
      let object = JSONValue.object(members.map { JSONMember(key: $0.key, value: $0.value.resolved(&shared)) })
      if let number, number != .null { shared[number] = object }
      return object
    }
  }
}
