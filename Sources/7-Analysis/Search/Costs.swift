import Compiler
import Performance
import QTools
import Statistics
import Tiling

/// What a network costs on the accelerator.
package struct Costs: Codable, Sendable, Hashable {
  package enum Kind: String, CaseIterable, Sendable {
    /// Ideal latency in tile times (thesis section 4.3).
    case ideal
    /// Simulated, with double buffering.
    case cycles
    /// What the tiles move and compute, in pJ.
    case energy
    /// Of parameters, maps and inputs (thesis Eq. 2.4).
    case bits
    /// That cross the bus.
    case bytes
  }

  /// In tile times.
  package var ideal: Double
  /// Over the same network on standard multipliers.
  package var speedup: Double
  package var cycles: Int
  package var cycleSpeedup: Double
  /// In pJ.
  package var energy: Double
  package var bits: Int
  /// That cross the bus.
  package var bytes: Int
  package var tiles: Int
  /// Of feature maps on the host, in bytes.
  package var memory: Int

  package init(_ compilation: Compilation) throws {
    let schedule = compilation.schedule
    let totals = try TileReport(schedule, model: .stated).totals
    let energy = try EnergyReport(compilation)
    ideal = totals.idealReconfigurable
    speedup = totals.speedup
    cycles = totals.cyclesReconfigurable
    cycleSpeedup = totals.cycleSpeedup
    self.energy = energy.hardwareTotal ?? 0
    bits = SummaryReport(compilation.model).bits.total
    bytes = schedule.layers.reduce(0) { sum, layer in
      sum + TilingProblem(shape: layer.shape, accelerator: schedule.accelerator).traffic(of: layer.nest).total
    }
    tiles = totals.tiles
    memory = schedule.storage.bytes
  }

  package subscript(kind: Kind) -> Double {
    switch kind {
    case .ideal: ideal
    case .cycles: Double(cycles)
    case .energy: energy
    case .bits: Double(bits)
    case .bytes: Double(bytes)
    }
  }
}
