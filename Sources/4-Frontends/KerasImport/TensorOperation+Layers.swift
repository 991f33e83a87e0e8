import Diagnostics
import JSON

/// Which layer computes the same as an operation, by the names that TensorFlow and Keras 3 have for it.
extension TensorOperation {
  /// A layer's class and what its configuration says.
  typealias Equivalent = (className: String, config: KeyValuePairs<String, JSONValue>)

  /// What an operation is called, and the layer.
  struct Row: Sendable {
    let names: [String]
    let layer: @Sendable (TensorOperation) throws -> Equivalent

    init(_ names: String..., layer: @escaping @Sendable (TensorOperation) throws -> Equivalent) {
      self.names = names
      self.layer = layer
    }

    /// A function without arguments, by the name that layers know it by.
    init(_ names: String..., activation: String) {
      self.names = names
      layer = { try $0.unary("Activation", ["activation": .string(activation)]) }
    }
  }

  /// - Parameter config: of the operation, which says its name and type.
  func layer(_ config: JSONNode) throws -> (className: String, config: JSONNode) {
    let found = try row.layer(self)
    let every = config.value["name"].map { [JSONMember(key: "name", value: $0)] } ?? []
    let own = found.config.filter { $0.value != .null }.map { JSONMember(key: $0.key, value: $0.value) }
    return (found.className, JSONNode(.object(every + own), path: config.path, at: config.location))
  }

  /// For the documentation: as TensorFlow names them, or Keras 3 where it alone has them.
  package static let names: [String] = rows.map(\.names[0]).filter { !$0.hasPrefix("__") }.map { name in
    name.first?.isUppercase == true ? name : "tf.\(name)"
  }

  static let byName: [String: Row] = Dictionary(
    rows.flatMap { row in row.names.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })

  private static let rows: [Row] = [
    Row("math.add", "__operators__.add", "math.add_n", "Add") { try $0.sum(sign: 1) },
    Row("math.subtract", "Subtract") { try $0.sum(sign: -1) },
    Row("math.multiply", "Multiply") { try $0.product() },
    Row("math.truediv", "math.divide", "TrueDivide", "Divide") { try $0.quotient() },
    Row("math.negative", "Negative") { try $0.unary("Rescaling", ["scale": .int(-1)]) },
    Row("math.maximum", "Maximum") { try $0.largest() },
    Row("math.minimum", "Minimum") { try $0.several("Minimum") },
    Row("clip_by_value", "Clip") { try $0.clip() },
    Row("nn.relu", "Relu", activation: "relu"),
    Row("nn.relu6", "Relu6", activation: "relu6"),
    Row("nn.leaky_relu", "LeakyRelu") { try $0.leakyReLU() },
    Row("nn.elu", "Elu") { try $0.unary("ELU", ["alpha": $0.argument("alpha") ?? .int(1)], reading: ["alpha"]) },
    Row("nn.selu", "Selu", activation: "selu"),
    Row("nn.gelu", "Gelu") { try $0.gelu() },
    Row("nn.silu", "Silu", activation: "swish"),
    Row("math.sigmoid", "nn.sigmoid", "Sigmoid", activation: "sigmoid"),
    Row("HardSigmoid", activation: "hard_sigmoid"),
    Row("math.tanh", "nn.tanh", "Tanh", activation: "tanh"),
    Row("math.softplus", "nn.softplus", "Softplus", activation: "softplus"),
    Row("nn.softsign", "Softsign", activation: "softsign"),
    Row("math.exp", "Exp", activation: "exponential"),
    Row("nn.softmax", "Softmax") { try $0.unary("Softmax", ["axis": $0.axis], reading: ["axis"]) },
    Row("concat", "Concatenate") { try $0.several("Concatenate", ["axis": $0.axis], reading: ["axis"]) },
    Row("reshape", "Reshape") { try $0.reshape() },
    Row("transpose", "compat.v1.transpose", "Transpose") { try $0.permute() },
    Row("math.reduce_mean", "Mean") { try $0.reduce("GlobalAveragePooling") },
    Row("math.reduce_max", "Max") { try $0.reduce("GlobalMaxPooling") },
    Row("nn.avg_pool2d") { try $0.pool("AveragePooling2D") },
    Row("nn.max_pool2d") { try $0.pool("MaxPooling2D") },
    Row("pad", "compat.v1.pad", "Pad") { try $0.pad() },
    Row("image.resize", "Resize") { try $0.resize() },
    Row("__operators__.getitem", "GetItem") { try $0.slice() },
    Row("cast", "identity") { try $0.cast() },
  ]

  // MARK: What operations are called with

  private var axis: JSONValue { argument("axis") ?? .int(-1) }

  private func argument(_ key: String) -> JSONValue? { arguments.value[key] == .null ? nil : arguments.value[key] }

  /// Without arguments that say nothing of the numbers, or what they are without being said.
  private func checkArguments(_ known: Set<String>) throws {
    for argument in try arguments.object() where !known.contains(argument.key) {
      switch (argument.key, argument.value) {
      case ("name", _), (_, .null), (_, .bool(false)): continue
      default:
        throw problem("with the argument '\(argument.key)'", supported: known.sorted().joined(separator: ", "))
      }
    }
  }

  private func problem(_ found: String, supported: String? = nil, fix: String? = nil) -> Diagnostic {
    Diagnostic("\(function) \(found)", at: arguments.location, supported: supported, fix: fix)
  }

  /// Of one tensor.
  private func unary(
    _ className: String, _ config: KeyValuePairs<String, JSONValue>, reading known: Set<String> = []
  ) throws -> Equivalent {
    try checkArguments(known)
    guard operands.count == 1, tensors.count == 1 else {
      throw problem("of \(operands.count) operands", supported: "one tensor")
    }
    return (className, config)
  }

  /// Of as many tensors as there are.
  private func several(
    _ className: String, _ config: KeyValuePairs<String, JSONValue> = [:], reading known: Set<String> = []
  ) throws -> Equivalent {
    try checkArguments(known)
    guard operands.count == tensors.count, tensors.count > 1 else {
      throw problem(
        "of \(tensors.count) tensors and \(operands.count - tensors.count) constants", supported: "two tensors or more")
    }
    return (className, config)
  }

  /// The constant of an operation of a tensor and a number, and whether it comes first.
  private func constant() throws -> (value: Double, isFirst: Bool)? {
    guard operands.count == 2, tensors.count == 1 else { return nil }
    for (index, operand) in operands.enumerated() {
      if case .constant(let node) = operand { return (try node.double(), index == 0) }
    }
    return nil
  }

  // MARK: Arithmetic

  private func sum(sign: Int) throws -> Equivalent {
    guard let constant = try constant() else { return try several(sign > 0 ? "Add" : "Subtract") }
    try checkArguments([])
    let (scale, offset) =
      sign > 0 ? (1, constant.value) : constant.isFirst ? (-1, constant.value) : (1, -constant.value)
    return ("Rescaling", ["scale": .int(scale), "offset": .double(offset)])
  }

  private func product() throws -> Equivalent {
    guard let constant = try constant() else { return try several("Multiply") }
    try checkArguments([])
    return ("Rescaling", ["scale": .double(constant.value)])
  }

  /// By a number whose inverse is one, too.
  private func quotient() throws -> Equivalent {
    guard let constant = try constant(), !constant.isFirst, Float(constant.value).significand == 1 else {
      throw problem(
        "of these operands", supported: "a tensor by a power of two",
        fix: "multiply by the inverse, as keras.layers.Rescaling(1 / 255) does")
    }
    try checkArguments([])
    return ("Rescaling", ["scale": .double(1 / constant.value)])
  }

  private func largest() throws -> Equivalent {
    guard let constant = try constant() else { return try several("Maximum") }
    guard constant.value == 0 else {
      throw problem("of a tensor and \(constant.value)", supported: "two tensors, or 0")
    }
    return ("ReLU", [:])
  }

  // MARK: Functions

  private func clip() throws -> Equivalent {
    let bounds = try [["clip_value_min", "x_min"], ["clip_value_max", "x_max"]].map { keys in
      try keys.lazy.compactMap { try arguments.doubleIfPresent($0) }.first
    }
    guard bounds[0] == 0, let upper = bounds[1] else {
      throw problem("from \(bounds[0] ?? -.infinity) to \(bounds[1] ?? .infinity)", supported: "from 0 to a number")
    }
    return try unary(
      "ReLU", ["max_value": .double(upper)], reading: ["clip_value_min", "clip_value_max", "x_min", "x_max"])
  }

  /// TensorFlow's slope is 0.2 where it is not said.
  private func leakyReLU() throws -> Equivalent {
    try unary(
      "LeakyReLU", ["alpha": argument("alpha") ?? argument("negative_slope") ?? .double(0.2)],
      reading: ["alpha", "negative_slope"])
  }

  private func gelu() throws -> Equivalent {
    guard try arguments.boolIfPresent("approximate") != true else {
      throw problem(
        "with approximate=True", supported: "approximate=False", fix: "keras.activations.gelu(x) in its place")
    }
    return try unary("Activation", ["activation": .string("gelu")])
  }

  private func cast() throws -> Equivalent {
    if let type = argument("dtype"), type != .string("float32") {
      throw problem(
        "to \(type.text)", supported: "float32",
        fix: "leave it out, and give the model float32 inputs: keras.Input(…, dtype='float32')")
    }
    return try unary("Activation", ["activation": .string("linear")], reading: ["dtype"])
  }

  // MARK: Shapes

  private func integers(_ node: JSONNode) throws -> [Int] {
    guard case .array = node.value else { return [try node.int()] }
    return try node.array().map { try $0.int() }
  }

  /// The batch stays the first axis.
  private func reshape() throws -> Equivalent {
    let key = argument("shape") == nil ? "newshape" : "shape"
    let shape = try arguments.array(key).map { $0.isNull ? -1 : try $0.int() }
    guard shape.first == -1, shape.count > 1 else {
      throw problem(
        "to \(shape)", supported: "-1 for the batch, in front of the other axes",
        fix: "keras.layers.Reshape in its place")
    }
    return try unary("Reshape", ["target_shape": .array(shape.dropFirst().map { .int($0) })], reading: [key])
  }

  private func permute() throws -> Equivalent {
    let key = argument("perm") == nil ? "axes" : "perm"
    let order = try integers(arguments.member(key))
    guard order.first == 0, order.count > 1 else {
      throw problem("to the order \(order)", supported: "orders in which the batch, 0, is the first axis")
    }
    return try unary("Permute", ["dims": .array(order.dropFirst().map { .int($0) })], reading: [key])
  }

  /// Over the axes between batch and channels.
  private func reduce(_ className: String) throws -> Equivalent {
    let axes = try arguments.memberIfPresent("axis").map { $0.isNull ? [] : try integers($0) } ?? []
    let dimensions = [[1, 2], [-3, -2]].contains(axes.sorted()) ? "2D" : [[1], [-2]].contains(axes) ? "1D" : nil
    guard let dimensions else {
      throw problem(
        axes.isEmpty ? "over all axes" : "over the axes \(axes)",
        supported: "rows and columns, [1, 2], or the steps of a sequence, 1")
    }
    return try unary(
      className + dimensions, ["keepdims": argument("keepdims") ?? .bool(false)], reading: ["axis", "keepdims"])
  }

  private func pool(_ className: String) throws -> Equivalent {
    let padding = try arguments.string("padding")
    return try unary(
      className,
      [
        "pool_size": try window("ksize"), "strides": try window("strides"),
        "padding": .string(padding == "SAME" ? "same" : padding == "VALID" ? "valid" : padding),
      ], reading: ["ksize", "strides", "padding"])
  }

  /// One number, or one each for rows and columns, perhaps between those of batch and channels.
  private func window(_ key: String) throws -> JSONValue {
    let numbers = try integers(arguments.member(key))
    switch numbers.count {
    case 1, 2: return .array((numbers + numbers).prefix(2).map { .int($0) })
    case 4 where numbers[0] == 1 && numbers[3] == 1: return .array(numbers[1...2].map { .int($0) })
    default: throw problem("with \(key) \(numbers)", supported: "one number each for rows and columns")
    }
  }

  /// Zeros around rows and columns, or steps.
  private func pad() throws -> Equivalent {
    let key = argument("paddings") == nil ? "pad_width" : "paddings"
    let sides = try arguments.array(key).map(integers)
    let isConstant = try ["CONSTANT", "constant"].contains(arguments.stringIfPresent("mode") ?? "constant")
    let value = try arguments.doubleIfPresent("constant_values") ?? 0
    guard isConstant, value == 0, (3...4).contains(sides.count), sides.allSatisfy({ $0.count == 2 }),
      sides[0] == [0, 0], sides[sides.count - 1] == [0, 0]
    else {
      throw problem("of \(sides)", supported: "zeros around rows and columns, or steps: [[0, 0], …, [0, 0]]")
    }
    let inner = sides[1..<sides.count - 1].map { JSONValue.array($0.map { .int($0) }) }
    return try unary(
      "ZeroPadding\(inner.count)D", ["padding": inner.count == 1 ? inner[0] : .array(Array(inner))],
      reading: [key, "mode", "constant_values"])
  }

  private func resize() throws -> Equivalent {
    let size = try integers(arguments.member("size"))
    try arguments.require(size.count == 2, "has a size of \(size.count) numbers", supported: "rows and columns")
    let method = argument("method") ?? argument("interpolation") ?? .string("bilinear")
    let stated: Set = ["size", "method", "interpolation", "fill_mode", "fill_value"]
    return try unary(
      "Resizing", ["height": .int(size[0]), "width": .int(size[1]), "interpolation": method],
      reading: argument("pad_to_aspect_ratio") == .bool(true) ? [] : stated)
  }

  /// TensorFlow says the slices in an argument, Keras 3 in the second operand.
  private func slice() throws -> Equivalent {
    var slices = argument("slice_spec")
    for case .constant(let node) in operands { slices = node.value }
    guard let slices, tensors.count == 1 else { throw problem("without slices", supported: "a tensor and its slices") }
    try checkArguments(["slice_spec"])
    return ("SlicingOpLambda", ["slice_spec": slices])
  }
}
