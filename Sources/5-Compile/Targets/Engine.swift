/// One engine of an accelerator: its memories and its multipliers.
package struct Engine: Hashable, Sendable {
  package var kind: EngineKind
  /// Zero padding counts: the engine reads it from here.
  package var inputMemory: MapExtents
  /// Accumulators of one output tile.
  package var outputMemory: MapExtents
  package var weightMemory: WeightExtents
  /// Multipliers side by side, one output channel each.
  package var multipliers: Int
  /// Which part of a reduction supplies the N products that a multiplier sums in a cycle.
  package var productsAlong: ProductAxis

  package init(
    kind: EngineKind, inputMemory: MapExtents, outputMemory: MapExtents, weightMemory: WeightExtents, multipliers: Int,
    productsAlong: ProductAxis
  ) {
    self.kind = kind
    self.inputMemory = inputMemory
    self.outputMemory = outputMemory
    self.weightMemory = weightMemory
    self.multipliers = multipliers
    self.productsAlong = productsAlong
  }
}

/// A part of a reduction: the input channels of a tap, or the taps of a channel.
package enum ProductAxis: String, CaseIterable, Hashable, Sendable {
  case inputChannels, kernelTaps
}
