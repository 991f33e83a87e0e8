import QIR

/// Widths of a whole network, in bits.
package struct PlanWidths: Sendable, Equatable {
  package var weights = 8
  package var maps = 8
  /// Of the network's inputs; nil: as all maps.
  package var inputMaps: Int?
  /// Of what the network hands out, which no layer reads; nil: as all maps.
  package var outputMaps: Int?
  package var biases = 32
  package var scheme = MapPlan.Scheme.affine
  package var isPerChannel = true

  package init() {}

  /// The same width for everything but biases.
  package init(flat bits: Int) {
    weights = bits
    maps = bits
  }
}

extension QuantizationPlan {
  /// Widths alone; maps that meet get the widest of theirs.
  package init(_ widths: PlanWidths, for network: FloatNetwork) {
    let graph = network.graph
    self.init()
    let results = Set(
      network.results.filter { id in !network.layers.contains { network.mapsRead(by: $0).contains(id) } })
    for id in network.maps {
      let bits =
        graph[id].op is InputOp
        ? widths.inputMaps ?? widths.maps
        : results.contains(id) ? widths.outputMaps ?? widths.maps : widths.maps
      maps[graph[id].name] = MapPlan(bits: bits, isSigned: widths.scheme != .affine, scheme: widths.scheme)
    }
    for id in network.layers {
      weights[graph[id].name] = WeightPlan(bits: widths.weights, isPerChannel: widths.isPerChannel)
      if (graph[id].op as? any LinearOperator)?.bias != nil { biases[graph[id].name] = BiasPlan(bits: widths.biases) }
    }
    levelTies(of: network)
  }

  /// Gives maps that meet the widest of their widths.
  package mutating func levelTies(of network: FloatNetwork) {
    // Ties may share maps: until nothing changes.
    var isChanging = true
    while isChanging {
      isChanging = false
      for tie in network.ties {
        let names = tie.maps.map { network.graph[$0].name }
        let widest = names.compactMap { maps[$0]?.bits }.max() ?? 0
        for name in names where maps[name].map({ $0.bits < widest }) ?? false {
          maps[name]?.bits = widest
          isChanging = true
        }
      }
    }
  }
}
