import Compiler
import IntegerProgram
import Numbers
import QIR
import Quantization
import Schedule
import Targets
import Tiling

extension EnergyReport {
  /// Of a network that is lowered, in the 45 nm process of Horowitz, everything in SRAM.
  /// - Parameter types: what QTools' estimates depend on beside the network.
  package init(_ compilation: Compilation, types: DataTypeOptions = DataTypeOptions()) throws {
    self.init(
      try DataTypeMap(compilation.model, options: types),
      model: try .horowitz(),
      hardware: HardwareUse(compilation))
  }

  /// QTools' estimate of a network's energy, and beside it that of the tiles' traffic and multiplications on the accelerator.
  /// - Parameter hardware: nil where it is not asked for.
  package init(_ map: DataTypeMap, model: EnergyModel, hardware: HardwareUse? = nil) {
    var total = 0.0
    let layers = map.layers.map { layer in
      let energy = LayerEnergy(of: layer, in: model, isQToolsCompatible: map.options.isQToolsCompatible)
      total += energy.total
      let rounded = energy.rounded
      return Layer(
        name: layer.name, type: layer.className, energy: rounded,
        counted: Self.counted(rounded, className: layer.className),
        hardware: hardware.flatMap { Hardware(of: layer, $0, model: model) })
    }
    self.init(
      layers: layers, totalCost: total.truncated, sum: layers.reduce(0) { $0 + $1.counted }.truncated,
      note: hardware?.note)
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

extension EnergyReport.Hardware {
  /// What the tiles of a layer move and compute, as the process charges it; nil where it does not run on the engines.
  fileprivate init?(of layer: TypedLayer, _ hardware: HardwareUse, model: EnergyModel) {
    guard let layers = hardware.linear[layer.node.layer.output] else { return nil }
    var bytes = Bytes(inputs: 0, outputs: 0, parameters: 0)
    var energy = LayerEnergy()
    for (index, scheduled) in layers.enumerated() {
      let traffic = TilingProblem(shape: scheduled.shape, accelerator: hardware.target).traffic(of: scheduled.nest)
      bytes.inputs += traffic.input
      bytes.outputs += traffic.output
      bytes.parameters += traffic.weights
      // Between the two halves of a separable convolution lies no network boundary.
      energy += model.energy(
        of: scheduled, moving: traffic, readsNetworkInput: layer.node.isFirst && index == 0,
        makesNetworkOutput: layer.node.isLast && index == layers.count - 1)
    }
    self.init(mode: layers.map(\.mode.name).joined(separator: ", "), bytes: bytes, energy: energy.rounded)
  }
}

extension EnergyModel {
  /// The 45 nm process of Horowitz, everything in SRAM.
  package static func horowitz() throws -> EnergyModel {
    EnergyModel(process: try ProcessFile.load("horowitz"), options: .init())
  }

  /// Of a layer on the engines.
  /// - Parameter traffic: what its tiles move.
  package func energy(
    of layer: ScheduledLayer, moving traffic: Traffic, readsNetworkInput: Bool = false, makesNetworkOutput: Bool = false
  ) -> LayerEnergy {
    let shape = layer.shape
    return LayerEnergy(
      inputs: access(
        traffic.input, elements: shape.input.elements * shape.inputLimbs, bits: shape.modeActivationBits,
        in: featureMapMemory(isNetworkBoundary: readsNetworkInput)),
      outputs: access(
        traffic.output, elements: shape.output.elements, bits: shape.outputBits,
        in: featureMapMemory(isNetworkBoundary: makesNetworkOutput)),
      parameters: access(
        traffic.weights, elements: layer.instruction.weights.count * shape.weightLimbs, bits: shape.modeWeightBits,
        in: options.weightsOn),
      operations: operations(layer))
  }

  /// What crosses the bus out of or into a memory that holds the whole tensor.
  private func access(_ bytes: Int, elements: Int, bits: Int, in memory: Memory) -> Double {
    access(
      Double(bytes) * 8, of: Double(elements) * Double(LinearLayerShape.storedBits(bits)), in: memory)
  }

  /// Every product in a multiplier of the mode's operand widths, added to an accumulator of the width that is proved.
  private func operations(_ layer: ScheduledLayer) -> Double {
    let shape = layer.shape
    let products = Double(shape.macs) * Double(shape.inputLimbs * shape.weightLimbs)
    let width = Double(layer.mode.wideBits * layer.mode.narrowBits).squareRoot()
    let accumulator = IntegerType.narrowestSigned(holding: layer.instruction.accumulatorRange).bits
    let code = DataType.fixedPoint(bits: accumulator, integerBits: accumulator)
    return products
      * (operation(.mul, on: code, bits: width) + operation(.add, on: code, bits: Double(accumulator)))
  }
}
