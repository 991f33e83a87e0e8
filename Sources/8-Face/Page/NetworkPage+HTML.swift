import Presentation

extension NetworkPage {
  package func html() -> String {
    Frame(
      title: "\(file) on \(target)", heading: file, summary: "Network \(name) on \(target): \(targetSummary)",
      figures: figures,
      sections: [
        .init(id: "network", title: "Network") { writeNetwork(to: &$0) },
        .init(id: "bits", title: "Bits per layer") { writeBits(to: &$0) },
        .init(id: "cycles", title: "Tiles and cycles per layer") { writeCycles(to: &$0) },
        .init(id: "energy", title: "Energy per layer") { writeEnergy(to: &$0) },
        .init(id: "rooflines", title: "Rooflines") { writeRooflines(to: &$0) },
        .init(id: "proofs", title: "Proofs") { writeProofs(to: &$0) },
        .init(id: "types", title: "Data types") { writeTypes(to: &$0) },
      ]
    ).html
  }

  private var figures: [Frame.Figure] {
    let channels = proofs.reduce(0) { $0 + $1.channels }
    let proved = proofs.reduce(0) { $0 + $1.proved }
    return [
      .init(
        "parameters", grouped(summary.parameters),
        "\(grouped(summary.bits.parameters)) bits; feature maps: \(grouped(summary.bits.featureMaps))"
      ),
      .init("multiply-accumulates", grouped(summary.macs), "per inference"),
      .init("tiles", grouped(tiles.totals.tiles), "\(fixed(tiles.totals.speedup, decimals: 2))x ideal latency"),
      .init(
        "cycles", grouped(tiles.totals.cyclesReconfigurable),
        "\(fixed(tiles.totals.cycleSpeedup, decimals: 2))x faster than standard"
      ),
      .init(
        "energy", energy.hardwareTotal.map(Self.energy) ?? "-",
        "per inference; QTools: \(Self.energy(Double(energy.sum)))"
      ),
      .init("proofs", "\(grouped(proved)) of \(grouped(channels))", "channels exact on every input"),
    ]
  }
}
