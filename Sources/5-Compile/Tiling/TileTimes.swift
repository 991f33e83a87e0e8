import Targets

/// Cycles that the three units of an accelerator spend on one tile:
///
///     load     for the input and for the weights, where they are loaded: transfer set-up + bytes / bus width
///     compute  pipeline fill + multiplier cycles
///     store    where the reduction ends: transfer set-up + the slower of requantization (outputs / lanes) and the bus
///              (bytes / bus width), which work in a stream
///
/// each quotient rounded up.
package struct TileTimes: Hashable, Sendable {
  package var load: Int
  package var compute: Int
  package var store: Int

  package init(_ work: TileWork, costs: CycleCosts) {
    func transfer(_ bytes: Int) -> Int {
      bytes > 0 ? costs.transferSetup + quotientRoundedUp(bytes, costs.busBytesPerCycle) : 0
    }
    load = transfer(work.inputBytes) + transfer(work.weightBytes)
    compute = costs.pipelineFill + work.macCycles
    store =
      work.finishesAccumulation
      ? costs.transferSetup
        + max(
          quotientRoundedUp(work.requantized, costs.requantizedPerCycle),
          quotientRoundedUp(work.outputBytes, costs.busBytesPerCycle))
      : 0
  }
}
