import Diagnostics
import Numbers
import QIR
import Quantization
import Quantizers

extension QuantizationPlan {
  /// The network with its weights as codes and a quantizer behind each of its maps.
  ///
  ///     y = conv2d x, kernel float32          y = conv2d x, kernel int4 with scales
  ///     z = elementwise y [relu]        ->    z = elementwise y [relu]
  ///                                           z/quantized = quantize z
  ///
  /// Where a map is an output of the network, the quantizer has its name, and the layer a longer one.
  /// - Throws: everything in the plan that does not fit the network.
  package func applied(to network: FloatNetwork) throws(Diagnostics) -> Graph {
    try problems(in: network).throwIfErrors()
    return try Diagnostics.collected { try quantized(network.equalized(by: self)) }
  }

  private func quantized(_ network: FloatNetwork) throws -> Graph {
    let graph = network.graph
    let isMap = Set(network.maps)
    var rewriter = GraphRewriter(graph)
    for id in graph.ids {
      let node = graph[id]
      let op = try (node.op as? any LinearOperator).map { try quantized($0, id, in: network) } ?? node.op
      try rewriter.replace(id, by: op, inputs: node.inputs.map(rewriter.copy(of:)))
      guard isMap.contains(id), let map = maps[node.name] else { continue }
      let quantize = try QuantizeOp(map.quantizer, at: graph.location(of: id))
      if graph.outputs.contains(id), !(op is InputOp) {
        let kind = op is any LinearOperator ? "linear" : "unquantized"
        try rewriter.follow(id, renamed: "\(node.name)/\(kind)", by: quantize)
      } else {
        let copy = rewriter.copy(of: id)
        rewriter.replace(id, by: try rewriter.append(quantize, named: "\(node.name)/quantized", inputs: [copy]))
      }
    }
    return try rewriter.finish()
  }

  // MARK: Layers

  private func quantized(
    _ layer: any LinearOperator, _ id: NodeID, in network: FloatNetwork
  ) throws -> any LinearOperator {
    let name = network.graph[id].name
    guard let plan = weights[name] else { return layer }
    var layer = layer
    let kernel = plan.quantized(layer.kernel, scaleAxis: layer.scaleAxis)
    layer.kernel = .quantized(kernel)
    guard let bias = biases[name] else { return layer }
    let input = network.mapsRead(by: id).first.flatMap { maps[network.graph[$0].name]?.scale }
    let numbers = layer.bias?.values ?? Array(repeating: 0, count: layer.outputChannels)
    let scales = kernel.scales.map { Float($0.double) }
    // A depthwise kernel's scales are those of its input's channels.
    let units = numbers.indices.map { (input ?? 1) * scales[$0 * scales.count / numbers.count] }
    layer.bias = .quantized(bias.quantized(numbers, units: scales.count == 1 ? [units[0]] : units))
    return layer
  }
}

extension MapPlan {
  fileprivate var quantizer: Quantizer {
    Quantizer(UniformAffine(bits: bits, scale: Double(scale ?? 1), zeroPoint: Int64(zeroPoint), isSigned: isSigned))
  }
}

extension LinearOperator {
  /// The axis of the kernel along which scales may differ: its output channels, or a depthwise one's input channels, but where
  /// there is only one of those.
  package var scaleAxis: Int {
    let shape = kernel.shape
    return self is DepthwiseConvolutionOp && (shape[2] > 1 || shape[3] == 1) ? 2 : shape.count - 1
  }
}

extension WeightPlan {
  /// A kernel as codes: the plan's, or the nearest.
  /// - Parameter scaleAxis: see `LinearOperator.scaleAxis`.
  package func quantized(_ kernel: Parameter, scaleAxis: Int) -> QuantizedTensor {
    let values = kernel.values
    let shape = kernel.shape
    let inner = shape[(scaleAxis + 1)...].reduce(1, *)
    let groups = scales?.count ?? (isPerChannel ? shape[scaleAxis] : 1)
    func group(of index: Int) -> Int { index / inner % groups }
    let scales = self.scales ?? self.scales(for: values, groups: groups, group)
    let codes =
      self.codes
      ?? IntegerArray(count: values.count, in: range) { index in
        code(of: values[index], scale: Double(scales[group(of: index)]))
      }
    return QuantizedTensor(
      shape: shape, codes: codes, scales: scales.map { Rational($0) }, scaleAxis: scaleAxis, bits: bits)
  }

  /// Those of the largest magnitude, or, for signs, of the mean one.
  private func scales(for values: [Double], groups: Int, _ group: (Int) -> Int) -> [Float] {
    var largest = Array(repeating: 0.0, count: groups)
    var sums = largest
    for (index, value) in values.enumerated() {
      largest[group(index)] = max(largest[group(index)], abs(value))
      sums[group(index)] += abs(value)
    }
    return (0..<groups).map { group in
      .scale(
        nearest: bits == 1
          ? sums[group] * Double(groups) / Double(values.count) : largest[group] / Double(range.upperBound))
    }
  }

  private func code(of value: Double, scale: Double) -> Int64 {
    if bits == 1 { return value < 0 ? -1 : 1 }
    let largest = Double(range.upperBound)
    return Int64((value / scale).rounded(.toNearestOrEven).clamped(to: -largest...largest))
  }
}

extension BiasPlan {
  /// The same with scales and codes for these numbers; what it says of them stays.
  ///
  /// - Parameter units: of the accumulators, one or one per channel.
  package func decided(_ numbers: [Double], units: [Float]) -> BiasPlan {
    let scales = self.scales ?? self.scales(for: numbers, units: units)
    var decided = self
    decided.scales = scales
    decided.codes =
      codes
      ?? IntegerArray(
        numbers.indices.map { channel -> Int64 in
          let code = (numbers[channel] / Double(scales[channel % scales.count])).rounded(.toNearestOrEven)
          return Int64(code.clamped(to: Double(range.lowerBound)...Double(range.upperBound)))
        })
    return decided
  }

  /// Numbers as codes, as `decided` has them.
  package func quantized(_ numbers: [Double], units: [Float]) -> QuantizedTensor {
    let decided = decided(numbers, units: units)
    return QuantizedTensor(
      shape: [numbers.count], codes: decided.codes ?? IntegerArray([Int64]()),
      scales: (decided.scales ?? []).map { Rational($0) }, bits: bits)
  }

  private func scales(for values: [Double], units: [Float]) -> [Float] {
    let largest = Double(range.upperBound)
    let fits = values.indices.allSatisfy { channel in
      let unit = units[channel % units.count]
      return unit.isNormal && abs(values[channel]) <= largest * Double(unit)
    }
    if Self.accumulatorWidths.contains(bits), fits { return units }
    return [.scale(nearest: (values.map(abs).max() ?? 0) / largest)]
  }
}

extension Float {
  /// Where everything is zero any scale will do.
  fileprivate static func scale(nearest number: Double) -> Float {
    let scale = Float(number)
    return scale.isNormal ? scale : 1
  }
}
