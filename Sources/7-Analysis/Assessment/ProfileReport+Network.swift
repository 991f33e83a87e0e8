import Calibration
import FloatEngine
import Numbers
import Plans
import QIR

extension ProfileReport {
  /// Looks at every tensor of a network by itself: the others stay in float.
  ///
  /// - Parameters:
  ///   - inputs: by input node, as many samples of each.
  ///   - widths: that every tensor is tried in. A map has the range that loses least, weights that of the largest of each
  ///     output channel.
  package init(_ network: FloatNetwork, on inputs: [NodeID: Batch], widths: [Int]) {
    let graph = network.graph
    let isMap = Set(network.maps)
    var maps: [TensorProfile] = []
    FloatEngine(graph).visit(inputs) { id, batch in
      guard isMap.contains(id) else { return }
      maps.append(TensorProfile(graph[id].name, batch, widths: widths))
    }
    let layers = network.layers.compactMap { id -> Layer? in
      guard let layer = graph[id].op as? any LinearOperator else { return nil }
      return Layer(
        name: graph[id].name, maps: network.mapsRead(by: id).map { graph[$0].name },
        weights: TensorProfile(graph[id].name, layer, widths: widths))
    }
    self.init(samples: inputs.values.first?.samples ?? 0, widths: widths, maps: maps, layers: layers)
  }
}

extension TensorProfile {
  fileprivate init(_ name: String, _ batch: Batch, widths: [Int]) {
    let signal = batch.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    self.init(
      name, batch.values, channels: batch.shape.channels, elements: batch.shape.elements,
      widths: widths.map { bits in
        let plan = MapPlan(bits: bits).calibrated(on: batch, by: .leastError)
        return Width(bits: bits, sqnr: Distortion.decibels(signal: signal, noise: plan.squaredError(on: batch.values)))
      })
  }

  fileprivate init(_ name: String, _ layer: any LinearOperator, widths: [Int]) {
    let kernel = layer.kernel
    self.init(
      name, kernel.values.map { Float($0) }, channels: layer.outputChannels, elements: kernel.elements,
      widths: widths.map { bits in
        var distortion = Distortion()
        let codes = WeightPlan(bits: bits).quantized(kernel, scaleAxis: layer.scaleAxis)
        distortion.append(kernel.values, codes.values)
        return Width(bits: bits, sqnr: distortion.decibels)
      })
  }
}
