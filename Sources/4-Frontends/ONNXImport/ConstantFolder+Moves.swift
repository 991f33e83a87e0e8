import Numbers

/// Operators that give the elements of constants other places.
extension ConstantFolder {
  static func transpose(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.ints("perm")
    let constant = try reader.constant(0)
    let permutation = given ?? Array(constant.shape.indices.reversed())
    try reader.require(
      permutation.sorted() == Array(constant.shape.indices), "perm = \(permutation) of \(constant.shape.count) axes",
      supported: "each axis once")
    return constant.transposed(permutation)
  }

  static func reshape(_ reader: inout NodeReader) throws -> Constant {
    let keepsZeros = try reader.flag("allowzero", default: false)
    let target = try reader.ints("shape", orInput: 1) ?? []
    let constant = try reader.constant(0)
    return constant.reshaped(
      to: try ShapeOperators.resolve(target, of: constant.shape, keepsZeros: keepsZeros, reader))
  }

  static func flatten(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.int("axis", default: 1)
    let constant = try reader.constant(0)
    let rank = constant.shape.count
    let axis = given == rank ? rank : try reader.axis(given, rank: rank)
    return constant.reshaped(to: [constant.shape[..<axis].reduce(1, *), constant.shape[axis...].reduce(1, *)])
  }

  static func squeeze(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.ints("axes", orInput: 1)
    let constant = try reader.constant(0)
    let shape = constant.shape
    let axes = try given?.map { try reader.axis($0, rank: shape.count) } ?? shape.indices.filter { shape[$0] == 1 }
    guard axes.allSatisfy({ shape[$0] == 1 }) else { throw reader.problem("axes \(axes) of shape \(shape)") }
    return constant.reshaped(to: shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
  }

  static func unsqueeze(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.ints("axes", orInput: 1) ?? []
    let constant = try reader.constant(0)
    let rank = constant.shape.count + given.count
    let axes = Set(try given.map { try reader.axis($0, rank: rank) })
    guard axes.count == given.count else { throw reader.problem("axes \(given)", supported: "each axis once") }
    var rest = constant.shape[...]
    return constant.reshaped(to: (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() })
  }

  static func concatenate(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.int("axis", default: 0)
    let parts = try reader.node.inputs.indices.map { try reader.constant($0) }
    let axis = try reader.axis(given, rank: parts[0].shape.count)
    var shape = parts[0].shape
    guard
      parts.allSatisfy({ part in
        part.shape.count == shape.count
          && shape.indices.allSatisfy { $0 == axis || part.shape[$0] == shape[$0] }
      })
    else { throw reader.problem("a concatenation of shapes \(parts.map(\.shape))") }
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    try reader.requireRoom(shape)
    return joined(parts, axis: axis, shape: shape)
  }

  /// Parts one after another along an axis; `shape` is that of the result.
  private static func joined(_ parts: [Constant], axis: Int, shape: [Int]) -> Constant {
    let blocks = shape[..<axis].reduce(1, *)
    func joined<Element>(_ elements: [[Element]]) -> [Element] {
      (0..<blocks).flatMap { block in
        zip(elements, parts).flatMap { elements, part in
          let run = part.shape[axis...].reduce(1, *)
          return elements[(block * run)..<((block + 1) * run)]
        }
      }
    }
    let integers = parts.compactMap(\.integers)
    if integers.count == parts.count, case .integers(_, let type) = parts[0].numbers {
      return Constant(shape: shape, .integers(IntegerArray(joined(integers)), type))
    }
    if parts.allSatisfy(\.isDouble) { return Constant(shape: shape, .doubles(joined(parts.map(\.values)))) }
    return Constant(shape: shape, floats: joined(parts.map(\.floats)))
  }

  static func gather(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.int("axis", default: 0)
    let (data, indices) = (try reader.constant(0), try reader.constant(1))
    let axis = try reader.axis(given, rank: data.shape.count)
    let chosen = try reader.positions(indices, extent: data.shape[axis])
    let shape = Array(data.shape[..<axis]) + indices.shape + Array(data.shape[(axis + 1)...])
    try reader.requireRoom(shape)
    return pick(data, axis: axis, chosen, shape: shape)
  }

  static func slice(_ reader: inout NodeReader) throws -> Constant {
    let slices = try Slices(&reader)
    var constant = try reader.constant(0)
    for (axis, chosen) in try slices.positions(of: constant.shape, reader) {
      var shape = constant.shape
      shape[axis] = chosen.count
      constant = pick(constant, axis: axis, chosen, shape: shape)
    }
    return constant
  }

  static func pad(_ reader: inout NodeReader) throws -> Constant {
    let pads = try Pads(&reader)
    var constant = try reader.constant(0)
    for axis in try pads.padding(of: constant.shape, reader) where !axis.isEmpty {
      var shape = constant.shape
      let positions = try pads.positions(along: axis, in: shape, reader)
      shape[axis.axis] = positions.count
      constant = pick(constant, axis: axis.axis, positions, shape: shape)
      guard pads.isConstant else { continue }
      func filled(_ extent: Int) -> Constant? {
        shape[axis.axis] = extent
        return extent > 0 ? constant.filled(with: pads.value, shape: shape) : nil
      }
      let parts = [filled(axis.before), constant, filled(axis.after)].compactMap(\.self)
      shape[axis.axis] = parts.reduce(0) { $0 + $1.shape[axis.axis] }
      try reader.requireRoom(shape)
      constant = joined(parts, axis: axis.axis, shape: shape)
    }
    return constant
  }

  /// The chosen positions along an axis, in their order.
  static func pick(_ constant: Constant, axis: Int, _ chosen: [Int], shape: [Int]) -> Constant {
    let inner = constant.shape[(axis + 1)...].reduce(1, *)
    let extent = constant.shape[axis]
    let blocks = constant.shape[..<axis].reduce(1, *)
    func picked<Element>(_ elements: [Element]) -> [Element] {
      (0..<blocks).flatMap { block in
        chosen.flatMap { position in
          let start = (block * extent + position) * inner
          return elements[start..<(start + inner)]
        }
      }
    }
    if case .integers(let integers, let type) = constant.numbers {
      return Constant(shape: shape, .integers(IntegerArray(picked(integers.widened)), type))
    }
    if constant.isDouble { return Constant(shape: shape, .doubles(picked(constant.values))) }
    return Constant(shape: shape, floats: picked(constant.floats))
  }

  /// The element repeated over a shape.
  static func fill(_ reader: inout NodeReader) throws -> Constant {
    let shape = try extents(of: reader.constant(0), reader)
    try reader.requireRoom(shape)
    guard let value = reader.take("value") else {
      return Constant(shape: shape, floats: Array(repeating: 0, count: shape.reduce(1, *)))
    }
    guard case .tensor(let tensor) = value, tensor.count == 1 else {
      throw reader.problem("attribute 'value' is \(value.kind)", supported: "a tensor of one number")
    }
    return try Constant(tensor, at: reader.location).reshaped(to: [1]).repeated(shape.reduce(1, *)).reshaped(to: shape)
  }

  static func expand(_ reader: inout NodeReader) throws -> Constant {
    let constant = try reader.constant(0)
    let target = try extents(of: reader.constant(1), reader)
    let shape = try reader.require(
      spreadShape(constant.shape, target), "a constant of shape \(constant.shape) over \(target)",
      supported: "shapes that spread")
    try reader.requireRoom(shape)
    var result = constant.reshaped(
      to: Array(repeating: 1, count: shape.count - constant.shape.count) + constant.shape)
    for (axis, extent) in shape.enumerated() where result.shape[axis] != extent {
      var wider = result.shape
      wider[axis] = extent
      result = pick(result, axis: axis, Array(repeating: 0, count: extent), shape: wider)
    }
    return result
  }

  /// A shape that a constant says.
  private static func extents(of constant: Constant, _ reader: NodeReader) throws -> [Int] {
    guard let integers = constant.integers, integers.allSatisfy({ $0 >= 0 }),
      integers.reduce(1.0, { $0 * Double($1) }) <= Double(1 << 24)
    else {
      throw reader.problem("a constant with a shape that another says", supported: "up to \(1 << 24) elements")
    }
    return integers.map { Int($0) }
  }
}
