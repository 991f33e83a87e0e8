import Diagnostics
import Numbers
import QIR
import Quantization

/// Layers of several tensors, element by element.
enum MergeLayers {
  static let rows = [
    LayerRow(["Add": .every], notes: several) { try $0.combine(by: AddOp()) },
    LayerRow(["Subtract": .every], notes: "two tensors, also of shapes that spread over each other", read: subtract),
    LayerRow(["Multiply": .every], notes: several) { try $0.combine(by: MultiplyOp()) },
    LayerRow(["Average": .every], notes: several, read: average),
    LayerRow(["Maximum": .every], notes: several) { try $0.combine(by: MaximumOp()) },
    LayerRow(["Minimum": .every], notes: several) { try $0.combine(by: MinimumOp()) },
    LayerRow(["Dot": .read("axes", "normalize")], notes: "of vectors and of matrices", read: dot),
  ]

  private static let several = "two or more tensors, also of shapes that spread over each other"

  private static func subtract(_ layer: inout LayerReader) throws -> NodeID {
    var operands = try layer.spreadInputs()
    try require(
      operands.count == 2, "\(layer.className) is called on \(operands.count) tensors", at: layer.location,
      supported: "two")
    operands[1] = try layer.append(
      ElementwiseOp([.affine(scale: -.one, shift: .zero)]), "negative", inputs: [operands[1]])
    return try layer.append(AddOp(), inputs: operands)
  }

  /// Axes count the batch, as Keras has it.
  private static func dot(_ layer: inout LayerReader) throws -> NodeID {
    let axes = layer.check { layer in
      if case .array = try layer.config.member("axes").value {
        try layer.config.array("axes").map { try $0.int(in: -8...8) }
      } else {
        Array(repeating: try layer.config.int("axes", default: 1, in: -8...8), count: 2)
      }
    }
    layer.check { layer in
      guard try layer.config.flag("normalize", default: false) else { return }
      throw layer.config.problem("says normalize=True", supported: "products as they are")
    }
    var inputs = try layer.severalInputs()
    guard let axes else { throw Skipped() }
    var shapes = inputs.map { layer.graph[$0].shape.extents }
    var counted = zip(axes, shapes).map { $0 < 0 ? $0 + $1.count : $0 - 1 }
    try require(
      inputs.count == 2 && axes.count == 2 && shapes.allSatisfy { (1...2).contains($0.count) }
        && zip(counted, shapes).allSatisfy { $1.indices.contains($0) } && shapes[0].count == shapes[1].count
        && shapes[0][counted[0]] == shapes[1][counted[1]],
      "a product of tensors of shapes \(shapes) along axes \(axes)", at: layer.location,
      supported: "two tensors, both of one axis or of two besides the batch, as long along theirs")
    let isOfVectors = shapes[0].count == 1
    if isOfVectors {
      for index in inputs.indices {
        shapes[index].insert(1, at: 0)
        inputs[index] = try layer.append(ReshapeOp(shape: Shape(shapes[index])), "row\(index)", inputs: [inputs[index]])
      }
      counted = [1, 1]
    }
    if counted[0] == 0 {
      inputs[0] = try layer.append(TransposeOp(permutation: [1, 0]), "turned", inputs: [inputs[0]])
    }
    let product = MatrixProductOp(terms: shapes[0][counted[0]], transposesSecond: counted[1] == 1)
    guard isOfVectors else { return try layer.append(product, inputs: inputs) }
    return try layer.append(
      ReshapeOp(shape: Shape([1])), inputs: [try layer.append(product, "product", inputs: inputs)])
  }

  private static func average(_ layer: inout LayerReader) throws -> NodeID {
    let operands = try layer.spreadInputs()
    let sum = try layer.append(AddOp(), "sum", inputs: operands)
    return try layer.append(
      ElementwiseOp([.affine(scale: .one / Rational(Int64(operands.count)), shift: .zero)]), inputs: [sum])
  }
}

extension LayerReader {
  fileprivate mutating func combine(by op: some CombiningOperator) throws -> NodeID {
    try append(op, inputs: try spreadInputs())
  }

  /// Two tensors or more.
  func severalInputs() throws -> [NodeID] {
    guard let inputs else { throw Skipped() }
    try require(
      inputs.count >= 2, "\(className) is called on \(inputs.count) tensor", at: location, supported: "two or more",
      fix: "leave it out")
    return inputs
  }

  /// The same, spread over each other.
  fileprivate mutating func spreadInputs() throws -> [NodeID] {
    let inputs = try severalInputs()
    let shapes = inputs.map { graph[$0].shape }
    let rank = shapes.map(\.rank).max() ?? 0
    // Shorter shapes have axes of 1 in front.
    let aligned = shapes.map { Array(repeating: 1, count: rank - $0.rank) + $0.extents }
    let extents = (0..<rank).map { axis in aligned.map { $0[axis] }.max() ?? 1 }
    try require(
      aligned.allSatisfy { zip($0, extents).allSatisfy { $0 == 1 || $0 == $1 } },
      "tensors of shapes \(shapes.map(\.description).joined(separator: ", "))", at: location,
      supported: "shapes that are equal where they are not 1")
    var spread: [NodeID] = []
    for (index, input) in inputs.enumerated() {
      spread.append(try self.spread(input, aligned[index], over: extents, "term\(index)"))
    }
    return spread
  }

  /// A tensor, seen with other axes of 1, with these repeated.
  private mutating func spread(
    _ input: NodeID, _ shape: [Int], over extents: [Int], _ name: String
  ) throws -> NodeID {
    var result = input
    if graph[input].shape.extents != shape {
      result = try append(ReshapeOp(shape: Shape(shape)), "\(name)/axes", inputs: [input])
    }
    let axes = zip(shape, extents).map { $0 == $1 ? AxisPositions.all : .chosen(Array(repeating: 0, count: $1)) }
    return axes.allSatisfy { $0 == .all } ? result : try append(SelectOp(axes: axes), name, inputs: [result])
  }
}
