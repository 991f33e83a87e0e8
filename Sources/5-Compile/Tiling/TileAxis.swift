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
