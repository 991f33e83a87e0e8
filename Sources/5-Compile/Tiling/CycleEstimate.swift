import Diagnostics
import Targets

/// Cycles of one layer by formula. With `L`, `C`, `S` the times of a tile's load, compute and store (`TileTimes`), tiles
/// t = 0, 1, … and the layer's set-up before everything:
///
/// Without double buffering nothing overlaps: the sum over all tiles of L + C + S.
///
/// With double buffering the input, weight and accumulator memories are doubled; loading, computing and storing overlap,
/// each of them in the order of the tiles:
///
///     load(t)     starts when load(t - 1) and compute(t - 2) have ended: it fills the half that tile t - 2 has left
///     compute(t)  starts when load(t) and compute(t - 1) have ended, and, where it starts an accumulation, the store
///                 of the last but one output tile, whose half of the accumulator memory it clears
///     store(t)    starts when compute(t) and the store before it have ended
///
/// Loads and stores do not slow each other: the bus reads and writes at the same time.
package struct CycleEstimate: Hashable, Sendable {
  /// Sums over the tiles.
  package var load = 0
  package var compute = 0
  package var store = 0
  package var setup: Int
  /// Total with double buffering.
  package var overlapped: Int
  /// What the total with double buffering would be if all units waited for the slowest at every tile: never less.
  package var lockstep: Int

  /// Total without double buffering.
  package var sequential: Int { setup + load + compute + store }
  /// The busiest unit alone, which no overlap can hide.
  package var busiest: Int { setup + max(load, compute, store) }

  package func total(doubleBuffered: Bool) -> Int { doubleBuffered ? overlapped : sequential }

  package init(work: [TileWork], costs: CycleCosts) {
    setup = costs.layerSetup
    // Ends of the last and of the last but one load, compute and store.
    var loaded = 0
    var computed = (last: 0, before: 0)
    var stored = (last: 0, before: 0)
    // Stages in lockstep: while a tile is loaded, the one before is computed and the one before that is stored.
    var stages = setup
    var computing = 0
    var storing = (last: 0, before: 0)
    for tile in work {
      let times = TileTimes(KernelLoops(tile, costs: costs))
      load += times.load
      compute += times.compute
      store += times.store
      loaded = max(loaded, computed.before) + times.load
      let cleared = tile.startsAccumulation ? stored.before : 0
      computed = (max(loaded, computed.last, cleared) + times.compute, computed.last)
      if tile.finishesAccumulation { stored = (max(computed.last, stored.last) + times.store, stored.last) }
      stages += max(times.load, computing, storing.before)
      computing = times.compute
      storing = (times.store, storing.last)
    }
    lockstep = stages + max(computing, storing.before) + storing.last
    overlapped = setup + max(stored.last, computed.last)
  }
}

/// Ideal latency of a layer: tiles times the multiplier mode's factor, transfers hidden by double buffering (thesis
/// section 4.3). The unit is the time of one tile on standard multipliers.
package struct IdealLatency: Hashable, Sendable {
  package var standard: Double
  package var reconfigurable: Double

  package init(standard: Double = 0, reconfigurable: Double = 0) {
    self.standard = standard
    self.reconfigurable = reconfigurable
  }

  /// - Throws: `Diagnostic` where no mode of the accelerator holds the layer's widths.
  package init(
    tiles: Int, shape: LinearLayerShape, accelerator: Accelerator, model: CostModel
  ) throws(Diagnostic) {
    let factor = try accelerator.idealFactor(
      activationBits: shape.modeActivationBits, weightBits: shape.modeWeightBits, model: model)
    standard = Double(tiles)
    reconfigurable = Double(tiles) * factor
  }

  package var speedup: Double { reconfigurable > 0 ? standard / reconfigurable : 1 }

  package static func += (sum: inout IdealLatency, part: IdealLatency) {
    sum.standard += part.standard
    sum.reconfigurable += part.reconfigurable
  }
}
