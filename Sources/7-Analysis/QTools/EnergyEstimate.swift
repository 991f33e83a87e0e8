/// QTools' estimate of a network's energy for one inference, in pJ.
package struct EnergyEstimate: Sendable {
  package struct Layer: Sendable {
    package var name: String
    package var className: String
    /// Rounded.
    package var energy: LayerEnergy
    /// The part of it that counts in the sum: what a layer reads and computes, and what an activation writes.
    package var counted: Double
  }

  package let layers: [Layer]
  /// Of everything, whole pJ.
  package let totalCost: Int
  /// Of what counts, whole pJ.
  package let sum: Int

  package init(_ map: DataTypeMap, in model: EnergyModel) {
    var total = 0.0
    layers = map.layers.map { layer in
      let energy = LayerEnergy(of: layer, in: model, isQToolsCompatible: map.options.isQToolsCompatible)
      total += energy.total
      let rounded = energy.rounded
      return Layer(
        name: layer.name, className: layer.className, energy: rounded,
        counted: Self.counted(rounded, className: layer.className))
    }
    totalCost = total.truncated
    sum = layers.reduce(0) { $0 + $1.counted }.truncated
  }

  /// `include_energy` in config_public.py.
  private static func counted(_ energy: LayerEnergy, className: String) -> Double {
    switch className {
    case "QActivation", "QAdaptiveActivation", "Activation": energy.outputs
    case "QBatchNormalization", "BatchNormalization": energy.parameters
    case "Add", "Subtract", "MaxPooling2D": energy.operations
    default: energy.inputs + energy.parameters + energy.operations
    }
  }
}

extension Double {
  /// Towards zero; the largest integer where there is none.
  fileprivate var truncated: Int { Int(exactly: rounded(.towardZero)) ?? .max }
}
