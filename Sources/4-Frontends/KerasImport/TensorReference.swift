import Diagnostics
import JSON

/// A layer's output as Keras refers to it: `["conv", 0, 0, {}]`.
struct TensorReference {
  let layer: String
  /// Which call of the layer, in Keras' counting.
  let call: Int
  /// Which of its outputs.
  let output: Int
  /// For messages.
  let node: JSONNode

  /// A model's inputs or outputs: also a dictionary of them, whose order is that of its keys (`tf.nest`).
  static func ofModel(_ node: JSONNode) throws -> [TensorReference] {
    guard case .object(let members) = node.value else { return try all(in: node) }
    let keys = members.map(\.key).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    return try keys.flatMap { try all(in: node.member($0)) }
  }

  /// All references in a node, however deep in lists: [["a", 0, 0, {}], ["b", 0, 0, {}]], or one alone.
  static func all(in node: JSONNode, checkingArguments: Bool = true) throws -> [TensorReference] {
    guard case .array = node.value else {
      throw node.problem(
        "is \(node.value.typeDescription)", supported: "[layer, call, output, arguments] or a list of such",
        fix: "call the layer on one tensor, or on a list of tensors, by position")
    }
    let elements = try node.array()
    guard let first = elements.first, case .string(let layer) = first.value else {
      return try elements.flatMap { try all(in: $0, checkingArguments: checkingArguments) }
    }
    try node.require(
      (3...4).contains(elements.count), "has \(elements.count) elements", supported: "[layer, call, output, arguments]")
    try node.require(layer != "_CONSTANT_VALUE", "is a constant", supported: "tensors that layers make")
    if elements.count == 4, checkingArguments { try checkArguments(elements[3]) }
    return [
      TensorReference(
        layer: layer, call: try elements[1].int(in: 0...(1 << 30)), output: try elements[2].int(in: 0...(1 << 30)),
        node: node)
    ]
  }

  /// Arguments of a call beside its tensors: only those that say nothing at inference.
  private static func checkArguments(_ arguments: JSONNode) throws {
    if arguments.isNull { return }
    for argument in try arguments.object() {
      switch (argument.key, argument.value) {
      case (_, .null), ("training", .bool(false)), ("training", .int(0)): continue
      case ("training", _):
        throw arguments.problem(
          "calls the layer with training=True", supported: "layers as at inference",
          fix: "call the layer without training=")
      default:
        throw arguments.problem(
          "passes the argument '\(argument.key)'", supported: "tensors only",
          fix: "call the layer on one tensor, or on a list of tensors, by position")
      }
    }
  }
}
