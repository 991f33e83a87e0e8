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

extension SimulatedCycles.Unit: Encodable {
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
