/// What a layer's work is cut along. Output axes say which accumulators a tile makes, the others which products it adds.
package enum TileAxis: String, CaseIterable, Hashable, Sendable {
  /// Output rows and columns, or runs of output pixels (row * output columns + column) in place of both.
  case rows, columns, pixels
  /// Groups, and output channels within one; or channels and the passes over them that a channel multiplier asks for.
  case groups, outputs
  case channels, passes
  case kernelRows = "kernel_rows"
  case kernelColumns = "kernel_columns"
  /// Input channels within a group.
  case inputs
  case inputLimb = "input_limb"
  case weightLimb = "weight_limb"

  package var isReduced: Bool {
    switch self {
    case .rows, .columns, .pixels, .groups, .outputs, .channels, .passes: false
    case .kernelRows, .kernelColumns, .inputs, .inputLimb, .weightLimb: true
    }
  }
}

/// What is brought into an engine's memories.
package enum TileOperand: String, CaseIterable, Hashable, Sendable {
  /// The window of the feature map that a tile reads; its block of weights.
  case input, weights

  /// Whether another slice of `axis` is another content of the memory.
  package func depends(on axis: TileAxis) -> Bool {
    switch axis {
    case .rows, .columns, .pixels, .inputLimb: self == .input
    case .outputs, .passes, .weightLimb: self == .weights
    case .groups, .channels, .kernelRows, .kernelColumns, .inputs: true
    }
  }
}

/// A part of an axis that an engine works on in one tile, taps of a kernel for instance: start, start + step, …, `count` of
/// them.
package struct TileSlice: Hashable, Sendable, CustomStringConvertible {
  package var start: Int
  /// 1 where there is one tap.
  package var step: Int
  package var count: Int

  package init(start: Int, step: Int = 1, count: Int) {
    self.start = start
    self.step = count == 1 ? 1 : step
    self.count = count
  }

  /// Of slices with step 1.
  package var range: Range<Int> { start..<start + count }
  package var last: Int { start + (count - 1) * step }
  package var taps: StrideThrough<Int> { Swift.stride(from: start, through: last, by: step) }

  /// `0,2..8`
  package var description: String {
    switch count {
    case 1: "\(start)"
    case 2: "\(start),\(last)"
    default: "\(start),\(start + step)..\(last)"
    }
  }
}
