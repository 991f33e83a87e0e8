import Diagnostics
import JSON

/// An operation on tensors outside of a layer, such as `x + y`, `tf.nn.relu(x)`, `x[:, 1:]` or `keras.ops.mean(x, axis=1)`. Keras
/// saves it as a layer of a class of its own (`TFOpLambda`, `SlicingOpLambda`, or the operation's own in Keras 3); it is read as the
/// layer that computes the same.
package struct TensorOperation {
  /// What an operation is called on, in the order of its parameters.
  enum Operand {
    case tensor(TensorReference)
    case constant(JSONNode)
  }

  /// As TensorFlow names the function (`nn.relu`), or Keras 3 the class (`Relu`).
  let function: String
  private(set) var operands: [Operand] = []
  /// What it is called with beside tensors and constants: an object.
  private(set) var arguments: JSONNode
  let row: Row

  /// - Parameters:
  ///   - node: the layer as it is saved, of the class `className`.
  ///   - config: its configuration.
  /// - Returns: nil for a layer of Keras, and where no layer is known to compute the same.
  init?(_ node: JSONNode, className: String, config: JSONNode) throws {
    let calls = try node.arrayIfPresent("inbound_nodes") ?? []
    if className == "TFOpLambda" || className == "SlicingOpLambda" {
      function = try config.string("function")
      arguments = JSONNode(.object([]), path: config.path, at: config.location)
    } else if calls.first?.isObject == true, config.value["trainable"] == nil {
      // Of Keras 3, where every layer says whether it is trained, and no operation does.
      function = className
      arguments = config.leavingOut(["name", "dtype"])
    } else {
      return nil
    }
    guard let row = Self.byName[function] else { return nil }
    self.row = row
    try node.require(calls.count == 1, "is called \(calls.count) times", supported: "once")
    var call = calls[0]
    call.location = config.location
    if call.isObject { try readKeras3(call) } else { try readKeras2(call) }
  }

  var tensors: [TensorReference] {
    operands.compactMap { if case .tensor(let reference) = $0 { reference } else { nil } }
  }

  /// `["a", 0, 0, {"y": ["b", 0, 0], "axis": 1}]`, `["_CONSTANT_VALUE", -1, 2.0, {…}]`, or a list of such.
  private mutating func readKeras2(_ call: JSONNode) throws {
    let parts = try call.array()
    let isList = parts.first.map { if case .array = $0.value { true } else { false } } ?? false
    let terms: [[JSONNode]] = isList ? try parts.map { try $0.array() } : [parts]
    for term in terms {
      try call.require(
        (3...4).contains(term.count), "has \(term.count) elements", supported: "[layer, call, output, arguments]")
      try append(Array(term.prefix(3)), at: call)
    }
    guard let last = terms.first, last.count == 4, !last[3].isNull else { return }
    for argument in try last[3].object() where argument.key != "name" && argument.value != .null {
      let value = try last[3].member(argument.key)
      if argument.key == "y" {
        if case .array = value.value { try append(value.array(), at: value) } else { operands.append(.constant(value)) }
      } else {
        arguments = arguments.adding(argument.key, value.value)
      }
    }
  }

  private mutating func append(_ term: [JSONNode], at node: JSONNode) throws {
    guard let first = term.first, case .string(let layer) = first.value, term.count == 3 else {
      throw node.problem("is no tensor and no number", supported: "tensors that layers make, and numbers")
    }
    if layer == "_CONSTANT_VALUE" { return operands.append(.constant(term[2])) }
    operands.append(.tensor(try TensorReference(term, node)))
  }

  /// `{"args": [tensor, 2.0, …], "kwargs": {…}}`
  private mutating func readKeras3(_ call: JSONNode) throws {
    func read(_ node: JSONNode) throws {
      if node.value["class_name"] == "__keras_tensor__" {
        let history = try node.member("config").member("keras_history")
        try append(history.array(), at: history)
      } else if case .array(let elements) = node.value, elements.first?["class_name"] == "__keras_tensor__" {
        try node.array().forEach(read)
      } else if !node.isNull {
        operands.append(.constant(node))
      }
    }
    try call.array("args").forEach(read)
    guard let more = try call.memberIfPresent("kwargs"), !more.isNull else { return }
    for argument in try more.object() where argument.value != .null {
      arguments = arguments.adding(argument.key, argument.value)
    }
  }
}

extension JSONNode {
  /// An object with one member more.
  func adding(_ key: String, _ value: JSONValue) -> JSONNode {
    guard case .object(let members) = self.value else { return self }
    return JSONNode(.object(members + [JSONMember(key: key, value: value)]), path: path, at: location)
  }

  /// An object without some of its members.
  fileprivate func leavingOut(_ keys: Set<String>) -> JSONNode {
    guard case .object(let members) = value else { return self }
    return JSONNode(.object(members.filter { !keys.contains($0.key) }), path: path, at: location)
  }
}
