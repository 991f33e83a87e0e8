import Numbers

/// The energy of a layer for one inference, in pJ (`energy_estimate` in qenergy.py).
package struct LayerEnergy: Encodable, Hashable, Sendable {
  package var inputs = 0.0
  package var outputs = 0.0
  package var parameters = 0.0
  package var operations = 0.0

  private enum CodingKeys: String, CodingKey {
    case inputs, outputs, parameters
    case operations = "op_cost"
  }

  package init(inputs: Double = 0, outputs: Double = 0, parameters: Double = 0, operations: Double = 0) {
    self.inputs = inputs
    self.outputs = outputs
    self.parameters = parameters
    self.operations = operations
  }

  package var total: Double { inputs + outputs + parameters + operations }

  package static func += (sum: inout LayerEnergy, part: LayerEnergy) {
    sum.inputs += part.inputs
    sum.outputs += part.outputs
    sum.parameters += part.parameters
    sum.operations += part.operations
  }

  /// To two decimals, as QTools gives them.
  package var rounded: LayerEnergy {
    LayerEnergy(
      inputs: inputs.twoDecimals, outputs: outputs.twoDecimals, parameters: parameters.twoDecimals,
      operations: operations.twoDecimals)
  }

  package init(of layer: TypedLayer, in model: EnergyModel, isQToolsCompatible: Bool) {
    let node = layer.node
    for (shape, type) in zip(node.inputShapes, layer.inputs) {
      inputs += model.access(
        Double(shape.reduce(1, *)) * Double(type.bits),
        in: model.featureMapMemory(isNetworkBoundary: node.isFirst))
    }
    outputs = model.access(
      layer.outputShape.elements * Double(layer.output.bits),
      in: model.featureMapMemory(isNetworkBoundary: node.isLast))
    let isCounted = !(isQToolsCompatible && node.role == .foldedLinear)
    if isCounted { parameters = Self.parameters(of: layer, in: model) }
    if isCounted { operations = Self.operations(of: layer, in: model) }
  }

  private static func parameters(of layer: TypedLayer, in model: EnergyModel) -> Double {
    if let normalization = layer.normalization {
      let channels = Double(layer.node.layer.weights.first?.shape.first ?? 0)
      return [normalization.gamma, normalization.beta, normalization.mean, normalization.variance].reduce(0) {
        $0 + model.access(channels * Double($1.bits), in: model.options.weightsOn)
      }
    }
    return [layer.weights, layer.bias].compactMap { $0 }.reduce(0) { sum, parameter in
      sum
        + model.access(
          Double(parameter.shape.reduce(1, *)) * Double(parameter.type.bits), in: model.options.weightsOn)
    }
  }

  private static func operations(of layer: TypedLayer, in model: EnergyModel) -> Double {
    let count = Double(layer.operationCount)
    switch layer.node.role {
    case .normalization:
      guard let normalization = layer.normalization else { return 0 }
      let units = [normalization.divider, normalization.multiplier].compactMap { $0 }
      return units.reduce(0) { $0 + model.operation($1) } * count
    case .merge(.add), .merge(.multiply), .merge(.subtract):
      guard let merge = layer.merge else { return 0 }
      return Double(layer.inputs.count - 1) * count * merge.gateFactor
        * model.operation(merge.implementation, on: merge.output, bits: merge.gateBits)
    case .averagePool(isQuantized: false):
      return count * addition(of: layer, in: model)
    case .linear, .foldedLinear:
      // QTools knows no energy of a separable convolution.
      guard let multiplier = layer.multiplier, layer.className.firstRange(of: "Separable") == nil else { return 0 }
      return count * (model.operation(multiplier) + addition(of: layer, in: model))
    case .merge, .shape, .upsampling, .averagePool(isQuantized: true), .activation, .other: return 0
    }
  }

  private static func addition(of layer: TypedLayer, in model: EnergyModel) -> Double {
    layer.accumulator.map { model.operation(.add, on: $0.output, bits: Double($0.output.bits)) } ?? 0
  }
}

extension Double {
  /// Rounded half to even on the exact value, as C's `%.2f`.
  fileprivate var twoDecimals: Double {
    guard magnitude < 0x1p44, let hundredths = (Rational(self) * 100).roundedHalfEven.int64 else { return self }
    return Double(hundredths) / 100
  }
}
