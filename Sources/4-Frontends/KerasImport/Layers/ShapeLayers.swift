import Diagnostics
import JSON
import QIR

/// Layers that only move elements.
enum ShapeLayers {
  static let rows = [
    LayerRow(["Concatenate": .read("axis")], notes: "any axis but the batch", read: concatenate),
    LayerRow(["Flatten": .read("data_format")], read: flatten),
    LayerRow(
      ["Reshape": .read("target_shape")], notes: "also with -1; up to six axes besides the batch", read: reshape),
    LayerRow(
      [
        "Dropout": dropout, "SpatialDropout1D": dropout, "SpatialDropout2D": dropout + .harmless("data_format"),
        "AlphaDropout": dropout, "GaussianDropout": dropout, "GaussianNoise": .harmless("stddev", "seed"),
        "ActivityRegularization": .harmless("l1", "l2"),
      ],
      notes: "nothing at inference", read: identity),
  ]

  private static let dropout =
    LayerKeys.harmless("rate", "noise_shape", "seed")
    + .trainingVariables("seed_generator_state", "seed_generator.0")

  private static func concatenate(_ layer: inout LayerReader) throws -> NodeID {
    let axis = layer.check { try $0.config.int("axis", default: -1, in: -64...64) }
    let inputs = try layer.severalInputs()
    guard let axis else { throw Skipped() }
    let rank = layer.graph[inputs[0]].shape.rank
    // Keras counts the batch, or from the end.
    try require(
      (-rank...rank).contains(axis) && axis != 0,
      "concatenation along axis \(axis) of tensors of \(rank) axes besides the batch", at: layer.location,
      supported: "1 to \(rank), or -1 to -\(rank)")
    return try layer.append(ConcatenateOp(axis: axis < 0 ? rank + axis : axis - 1), inputs: inputs)
  }

  private static func flatten(_ layer: inout LayerReader) throws -> NodeID {
    layer.check { try $0.config.requireChannelsLast() }
    let shape = try layer.inputShape()
    return try layer.append(ReshapeOp(shape: Shape([shape.elements])), inputs: [try layer.input()])
  }

  private static func reshape(_ layer: inout LayerReader) throws -> NodeID {
    let target = layer.check { layer in
      try layer.config.array("target_shape").map { try $0.int(in: -1...(1 << 28)) }
    }
    let shape = try layer.inputShape()
    guard let target else { throw Skipped() }
    let unknown = target.filter { $0 == -1 }.count
    let known = target.filter { $0 != -1 }.reduce(into: 1) { product, extent in
      product = product > 1 << 28 ? product : product * extent
    }
    try require(
      unknown <= 1 && known > 0 && (unknown == 1 ? shape.elements % known == 0 : shape.elements == known),
      "a reshape of \(shape) to \(target)", at: layer.location,
      supported: "as many elements as there are; one extent may be -1")
    let extents = target.map { $0 == -1 ? shape.elements / known : $0 }
    return try layer.append(ReshapeOp(shape: Shape(extents)), inputs: [try layer.input()])
  }

  private static func identity(_ layer: inout LayerReader) throws -> NodeID {
    try layer.append(IdentityOp(), inputs: [try layer.input()])
  }
}

/// `InputLayer`: the shape without its batch, every extent known.
enum InputLayer {
  static let keys =
    LayerKeys.every + .read("batch_shape", "sparse", "ragged", "optional") + .harmless("type_spec")

  static func read(_ config: JSONNode) throws -> InputOp {
    try PolicyCheck.check(config, isInput: true)
    for key in ["sparse", "ragged", "optional"] where try config.flag(key, default: false) {
      throw config.problem(
        "says \(key)=True", supported: "dense tensors that are always there", fix: "build the model again without it")
    }
    // `batch_shape` in later versions.
    let key = try config.memberIfPresent("batch_input_shape") == nil ? "batch_shape" : "batch_input_shape"
    let extents = try config.array(key)
    if extents.dropFirst().contains(where: \.isNull) {
      let example = extents.dropFirst().map { $0.isNull ? "96" : text($0) }
      throw Diagnostic(
        "an input of shape [\(extents.map(text).joined(separator: ", "))]", at: config.location,
        supported: "known sizes on every axis but the batch, the first",
        fix: "build the model again with every size given, for example "
          + "keras.Input((\(example.joined(separator: ", "))\(example.count == 1 ? "," : ""))), load_weights, and save it"
      )
    }
    let shape = try extents.dropFirst().map { try $0.int() }
    return InputOp(shape: Shape(Array(shape)))
  }

  private static func text(_ extent: JSONNode) -> String {
    if case .int(let value) = extent.value { "\(value)" } else { "None" }
  }
}
