/// Constants of the cycle model, in cycles of the accelerator's clock.
package struct CycleCosts: Hashable, Sendable {
  /// Bytes per cycle, each way: reads and writes do not hinder one another.
  package var busBytesPerCycle: Int
  /// From the start of a DMA transfer to its first bytes.
  package var transferSetup: Int
  /// From a tile's first operands to its first accumulator.
  package var pipelineFill: Int
  /// Accumulators that an engine requantizes per cycle.
  package var requantizedPerCycle: Int
  /// Configuration of an engine for a layer.
  package var layerSetup: Int

  package init(
    busBytesPerCycle: Int, transferSetup: Int, pipelineFill: Int, requantizedPerCycle: Int, layerSetup: Int
  ) {
    self.busBytesPerCycle = busBytesPerCycle
    self.transferSetup = transferSetup
    self.pipelineFill = pipelineFill
    self.requantizedPerCycle = requantizedPerCycle
    self.layerSetup = layerSetup
  }
}
