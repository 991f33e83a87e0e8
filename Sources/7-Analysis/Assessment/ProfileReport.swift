import Calibration
import FloatEngine
import Plans
import Presentation
import QIR

/// What `qcc profile` says of a float network on some inputs. Its JSON keys are a promise to other programs.
package struct ProfileReport: Report, Hashable, Sendable {
  package struct Layer: Encodable, Hashable, Sendable {
    package var name: String
    /// What it reads: one of `maps`, or several that stand side by side.
    package var maps: [String]
    package var weights: TensorProfile
  }

  /// How many samples were looked at.
  package var samples: Int
  /// That tensors were tried in, in bits.
  package var widths: [Int]
  /// What a quantizer stands behind, in the network's order.
  package var maps: [TensorProfile]
  package var layers: [Layer]

  package func csv() -> String { table("tensor", maps + layers.map(\.weights)).csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table("map", maps).text(style) + "\n" + table("weights", layers.map(\.weights)).text(style)
    text += "\nSQNR in dB, each tensor by itself, on \(grouped(samples)) \(samples == 1 ? "sample" : "samples")\n"
    for (kind, tensors) in [("map", maps), ("weights of", layers.map(\.weights))] {
      for tensor in tensors where tensor.deadChannels > 0 {
        text += "\(kind) \(tensor.name): \(tensor.deadChannels) of \(tensor.channels) channels are 0 everywhere\n"
      }
    }
    return text
  }

  /// A line per tensor.
  private func table(_ kind: String, _ tensors: [TensorProfile]) -> Table {
    var table = Table(
      columns: [
        .init(kind, minimumWidth: 8), .init("least", .right, isOptional: true), .init("largest", .right),
        .init("zeros", .right, isOptional: true), .init("histogram", isOptional: true),
      ] + widths.map { .init("\($0) bit\($0 == 1 ? "" : "s")", .right) })
    for tensor in tensors {
      table.append(
        [
          .text(tensor.name), .text(significant(tensor.least)), .text(significant(tensor.largest)),
          .text("\(fixed(tensor.zeros * 100, decimals: 0)) %"), .text(tensor.histogram.line),
        ] + tensor.widths.map { $0.sqnr.map { .real($0, decimals: 1) } ?? .missing })
    }
    return table
  }
}

extension TensorProfile.Histogram {
  /// Of 16 letters, each as high as the square root of how many numbers are there: so that tails are seen.
  var line: String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let parts = (0..<16).map { part in
      counts[(part * counts.count / 16)..<((part + 1) * counts.count / 16)].reduce(0, +)
    }
    let most = Double(parts.max() ?? 0).squareRoot()
    return String(
      parts.map { $0 == 0 ? " " : bars[min(Int(Double($0).squareRoot() / most * Double(bars.count)), bars.count - 1)] })
  }
}

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
