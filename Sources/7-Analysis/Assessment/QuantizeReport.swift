import Compiler
import Inference
import Numbers
import Performance
import Plans
import Presentation
import QIR
import QTools
import Statistics

/// What `qcc quantize` says of the network that it made. Its JSON keys are a promise to other programs; what was not asked for is
/// absent. All numbers of the quantized network are its integer program's.
package struct QuantizeReport: Report, Hashable, Sendable {
  /// Against labels.
  package struct Metric: Encodable, Hashable, Sendable {
    /// `accuracy` or `auc`, 0 to 1.
    package var name: String
    package var float: Double
    package var quantized: Double
    /// Of the quantized network's.
    package var interval: Interval
    /// quantized - float, on the same samples.
    package var difference: Double
    package var differenceInterval: Interval
  }

  package struct Layer: Encodable, Hashable, Sendable {
    package var name: String
    /// In dB; absent where nothing is lost, or all is zero.
    package var weightSqnr: Double?
    /// The part of its weights that are 0.
    package var weightZeros: Double
    /// Of the map in front of it.
    package var mapSqnr: Double?
    package var weightBits: Int
    package var mapBits: Int
  }

  /// A feature map with all that was lost on the way to it.
  package struct Map: Encodable, Hashable, Sendable {
    package var name: String
    package var bits: Int
    /// In dB; absent where nothing is lost, or all is zero.
    package var sqnr: Double?
    package var channels: Int
    /// Channels that were 0 in every sample: of dead ReLUs, or of pruned filters.
    package var deadChannels: Int
  }

  /// A row of the comparison of widths.
  package struct Row: Encodable, Hashable, Sendable {
    package var bits: Int
    package var metric: Metric?
    package var agreement: Double
    package var outputSqnr: Double?
    /// Parameters, maps and inputs, after Eq. 2.4 of the thesis.
    package var totalBits: Int
    /// Of a network of 32-bit numbers, what is left, 0 to 1.
    package var remaining: Double
    package var tiles: Int
    package var idealSpeedup: Double
    package var cycles: Int
    /// What the tiles move and compute, in pJ; absent where nothing runs on the accelerator's engines.
    package var energy: Double?
  }

  /// How many samples judged, and whether calibration had seen them.
  package var samples: Int
  package var isHeldOut: Bool
  package var metric: Metric?
  /// The part of the samples of which the largest result is the float network's.
  package var agreement: Double
  package var agreementInterval: Interval
  /// In dB; absent where nothing is lost.
  package var outputSqnr: Double?
  package var outputSqnrInterval: Interval?
  /// Mean Kullback-Leibler divergence of the results' distribution from the float network's, in nats.
  package var outputDivergence: Double?
  package var outputDivergenceInterval: Interval?
  package var layers: [Layer]
  /// Those of `layers` and all others, in the network's order.
  package var maps: [Map]
  package var bits: Int
  package var comparison: [Row]?
  package var seconds: Double

  /// A line per layer.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("weight bits", .right), .init("map bits", .right),
      .init("weight SQNR dB", .right, isOptional: true), .init("zeros", .right, isOptional: true),
      .init("map SQNR dB", .right),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .integer(layer.weightBits), .integer(layer.mapBits), .decibels(layer.weightSqnr),
        .text("\(fixed(layer.weightZeros * 100, decimals: 0)) %"), .decibels(layer.mapSqnr),
      ])
    }
    return table
  }

  /// Of the widths that were compared.
  package var comparisonTable: Table? {
    guard let comparison else { return nil }
    var table = Table(columns: [
      .init("bits", .right), .init(comparison.first?.metric?.name ?? "agreement", .right),
      .init("difference", .right, isOptional: true), .init("agreement", .right, isOptional: true),
      .init("output SQNR dB", .right), .init("total bits", .right), .init("remaining", .right, isOptional: true),
      .init("tiles", .right), .init("ideal speedup", .right, isOptional: true), .init("cycles", .right),
      .init("energy uJ", .right, isOptional: true),
    ])
    for row in comparison {
      table.append([
        .integer(row.bits), .text(percentage(row.metric?.quantized ?? row.agreement)),
        .text(row.metric.map { points($0.difference) } ?? ""), .text(percentage(row.agreement)),
        .decibels(row.outputSqnr), .integer(row.totalBits), .text(percentage(row.remaining)), .integer(row.tiles),
        .text("\(fixed(row.idealSpeedup, decimals: 2))x"), .integer(row.cycles),
        row.energy.map { .real($0 / 1e6, decimals: 3) } ?? .text(""),
      ])
    }
    return table
  }

  package func csv() -> String { (comparisonTable ?? table).csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    if let comparisonTable { text += comparisonTable.text(style) + "\n" }
    if let metric {
      text += "\(metric.name): \(percentage(metric.float)) float, \(percentage(metric.quantized)) quantized "
      text += "(95 %: \(range(metric.interval, percentage))), difference \(points(metric.difference)) "
      text += "(\(range(metric.differenceInterval, points)))\n"
    }
    text +=
      "agreement with the float network: \(percentage(agreement)) (95 %: \(range(agreementInterval, percentage)))\n"
    if let outputSqnr {
      let interval = outputSqnrInterval.map { " (95 %: \(range($0, { fixed($0, decimals: 1) })))" } ?? ""
      text += "SQNR at the output: \(fixed(outputSqnr, decimals: 1)) dB\(interval)\n"
    }
    if let outputDivergence { text += "KL divergence at the output: \(fixed(outputDivergence, decimals: 4)) nats\n" }
    for map in maps where map.deadChannels > 0 {
      text += "map \(map.name): \(map.deadChannels) of \(map.channels) channels are 0 in every sample\n"
    }
    text += "bits: \(grouped(bits)) in all\n"
    text += "judged on \(grouped(samples)) samples, which calibration \(isHeldOut ? "did not see" : "saw too")\n"
    return text
  }
}

extension QuantizeReport.Row {
  /// What widths come to.
  package init(bits: Int, _ report: QuantizeReport, _ compilation: Compilation) throws {
    let totals = try TileReport(compilation.schedule, model: .stated).totals
    let float = compilation.model.graph.bitsInFloat
    self.init(
      bits: bits, metric: report.metric, agreement: report.agreement, outputSqnr: report.outputSqnr,
      totalBits: report.bits, remaining: Double(report.bits) / Double(float), tiles: totals.tiles,
      idealSpeedup: totals.speedup, cycles: totals.cyclesReconfigurable,
      energy: try EnergyReport(compilation).hardwareTotal)
  }
}

extension Graph {
  /// Of the same parameters, maps and inputs in 32 bits.
  fileprivate var bitsInFloat: Int {
    nodes.reduce(0) { sum, node in
      let map = node.op is QuantizeOp || node.op is InputOp ? node.shape.elements : 0
      return sum + 32 * (map + node.op.parameters.reduce(0) { $0 + $1.parameter.elements })
    }
  }
}

extension TableCell {
  fileprivate static func decibels(_ value: Double?) -> TableCell { value.map { .real($0, decimals: 1) } ?? .text("") }
}

private func points(_ part: Double) -> String { (part > 0 ? "+" : "") + fixed(part * 100, decimals: 2) }
private func range(_ interval: Interval, _ text: (Double) -> String) -> String {
  "\(text(interval.lower)) to \(text(interval.upper))"
}

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
