import QIR

/// Where operators that move elements put them.
extension BoxCopy {
  /// - Parameter input: of the tensor that is transposed.
  package init(_ op: TransposeOp, of input: Shape) {
    let (from, to) = (Self.strides(of: input.extents), Self.strides(of: op.permutation.map { input.extents[$0] }))
    self.init(
      source: 0, target: 0,
      axes: zip(op.permutation, to).map { axis, stride in
        Axis(extent: input.extents[axis], sourceStride: from[axis], targetStride: stride)
      })
  }

  /// - Parameter input: of the tensor of which elements are chosen.
  package init(_ op: SelectOp, of input: Shape) {
    let positions = zip(op.axes, input.extents).map { $0.in($1) }
    let (from, to) = (Self.strides(of: input.extents), Self.strides(of: positions.map(\.count)))
    self.init(
      source: 0, target: 0,
      axes: positions.indices.map {
        Axis(
          extent: positions[$0].count, sourceStride: from[$0], targetStride: to[$0],
          positions: op.axes[$0] == .all ? nil : positions[$0])
      })
  }

  /// A whole tensor as a part of a larger one, of `extents`, from the position `start` of each axis on.
  package init(_ input: Shape, at start: [Int], in extents: [Int]) {
    let (from, to) = (Self.strides(of: input.extents), Self.strides(of: extents))
    self.init(
      source: 0, target: zip(start, to).reduce(0) { $0 + $1.0 * $1.1 },
      axes: input.extents.indices.map {
        Axis(extent: input.extents[$0], sourceStride: from[$0], targetStride: to[$0])
      })
  }

  /// The feature map among the zeros around it.
  package init(_ op: PadOp, of input: Shape, to result: Shape) {
    self.init(input, at: [op.padding.top, op.padding.left, 0], in: result.extents)
  }
}
