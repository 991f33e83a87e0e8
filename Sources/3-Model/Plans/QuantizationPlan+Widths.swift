import QIR

/// Widths of a whole network, in bits.
package struct PlanWidths: Sendable, Equatable {
  package var weights = 8
  package var maps = 8
  /// Of the network's inputs; nil: as all maps.
  package var inputMaps: Int?
  /// Of what the network hands out, which no layer reads; nil: as all maps.
  package var outputMaps: Int?
  /// Of what sums alone read, which is multiplied with nothing; nil: as all maps.
  package var sumMaps: Int?
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
    let summed = network.mapsOfSumsAlone
    for id in network.maps {
      let bits =
        switch id {
        case _ where graph[id].op is InputOp: widths.inputMaps ?? widths.maps
        case _ where results.contains(id): widths.outputMaps ?? widths.maps
        case _ where summed.contains(id): widths.sumMaps ?? widths.maps
        default: widths.maps
        }
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
