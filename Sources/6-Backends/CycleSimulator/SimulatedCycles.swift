/// What the units of an accelerator did during one layer.
package struct SimulatedCycles: Hashable, Sendable {
  /// A unit's cycles; they sum up to the layer's total.
  package struct Unit: Hashable, Sendable, Encodable {
    package var busy = 0
    /// Waiting for the unit before it to deliver.
    package var starved = 0
    /// Waiting for the unit after it to make room.
    package var blocked = 0
    /// No work: while the layer is set up, and after the unit's last tile.
    package var idle = 0

    package init(busy: Int = 0, starved: Int = 0, blocked: Int = 0, idle: Int = 0) {
      self.busy = busy
      self.starved = starved
      self.blocked = blocked
      self.idle = idle
    }

    package var stalled: Int { starved + blocked }

    private enum CodingKeys: CodingKey {
      case busy, stall, idle
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(busy, forKey: .busy)
      try container.encode(stalled, forKey: .stall)
      try container.encode(idle, forKey: .idle)
    }
  }

  package var total = 0
  /// The DMA that reads inputs and weights.
  package var load = Unit()
  /// The multipliers.
  package var compute = Unit()
  /// The requantizer and the DMA that writes outputs.
  package var store = Unit()

  package init() {}

  /// The part of its multiplications that an engine of `multipliers`, each with `products` per cycle, could have done in
  /// this time and that the layer needed.
  package func utilization(macs: Int, multipliers: Int, products: Int) -> Double {
    total > 0 ? Double(macs) / (Double(total) * Double(multipliers) * Double(products)) : 0
  }

  package static func += (sum: inout SimulatedCycles, part: SimulatedCycles) {
    sum.total += part.total
    sum.load += part.load
    sum.compute += part.compute
    sum.store += part.store
  }
}

extension SimulatedCycles.Unit {
  package static func += (sum: inout Self, part: Self) {
    sum.busy += part.busy
    sum.starved += part.starved
    sum.blocked += part.blocked
    sum.idle += part.idle
  }
}

extension SimulatedCycles: Encodable {
  private enum CodingKeys: CodingKey {
    case load, compute, store
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(load, forKey: .load)
    try container.encode(compute, forKey: .compute)
    try container.encode(store, forKey: .store)
  }
}
