import Compiler
import Inference
import Numbers
import Plans
import QIR
import Statistics

extension QuantizeReport {
  /// - Parameters:
  ///   - compilation: of the graph that `plan` made of the network.
  ///   - comparison: of the two on samples.
  package init(
    _ network: FloatNetwork, _ plan: QuantizationPlan, _ compilation: Compilation, _ comparison: NetworkComparison,
    judge: Judge?, isHeldOut: Bool
  ) {
    let results = zip(comparison.reference, comparison.quantized)
    let samples = comparison.reference.count
    let agreeing = results.count { largest($0) == largest($1) }
    let isClassifier = (comparison.reference.first?.count ?? 0) > 1
    let divergences = isClassifier ? results.map { divergence(ofLogits: $1, from: $0) } : []
    self.init(
      samples: samples, isHeldOut: isHeldOut,
      metric: judge?.metric(reference: comparison.reference, quantized: comparison.quantized),
      agreement: Double(agreeing) / Double(samples), agreementInterval: Interval(wilson: agreeing, of: samples),
      outputSqnr: comparison.output.decibels, outputSqnrInterval: comparison.output.interval,
      outputDivergence: isClassifier ? divergences.mean : nil,
      outputDivergenceInterval: divergences.count > 1 ? Interval(meanOf: divergences) : nil,
      layers: Self.layers(network, plan, compilation, comparison),
      maps: network.maps.map { id in
        let node = network.graph[id]
        return Map(
          name: node.name, bits: plan.maps[node.name]?.bits ?? 0, sqnr: comparison.maps[id]?.decibels,
          channels: node.shape.channels, deadChannels: comparison.deadChannels[id]?.count ?? 0)
      }, bits: SummaryReport(compilation.model).bits.total, comparison: nil, seconds: 0)
  }

  private static func layers(
    _ network: FloatNetwork, _ plan: QuantizationPlan, _ compilation: Compilation, _ comparison: NetworkComparison
  ) -> [Layer] {
    let graph = network.graph
    let quantized = compilation.model.graph
    let nodes = quantized.nodesByIdentity
    return network.layers.map { id in
      let map = network.mapsRead(by: id)[0]
      var weights = Distortion()
      var zeros = 0.0
      if let before = graph[id].op as? any LinearOperator, let node = nodes[graph[id].identity],
        let after = quantized[node].op as? any LinearOperator
      {
        let values = after.kernel.values
        weights.append(before.kernel.values, values)
        zeros = Double(values.count { $0 == 0 }) / Double(values.count)
      }
      return Layer(
        name: graph[id].name, weightSqnr: weights.decibels, weightZeros: zeros,
        mapSqnr: comparison.maps[map]?.decibels, weightBits: plan.weights[graph[id].name]?.bits ?? 0,
        mapBits: plan.maps[graph[map].name]?.bits ?? 0)
    }
  }
}
