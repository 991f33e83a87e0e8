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
    let estimate = EnergyEstimate(map, in: model)
    let layers = zip(map.layers, estimate.layers).map { layer, estimate in
      Layer(
        name: estimate.name, type: estimate.className, energy: estimate.energy, counted: estimate.counted,
        hardware: hardware.flatMap { HardwareEnergy($0, model: model).use(of: layer) })
    }
    self.init(layers: layers, totalCost: estimate.totalCost, sum: estimate.sum, note: hardware?.note)
  }
}

/// What the tiles of layers move and compute, as the process charges it.
private struct HardwareEnergy {
  let hardware: HardwareUse
  let model: EnergyModel

  init(_ hardware: HardwareUse, model: EnergyModel) {
    self.hardware = hardware
    self.model = model
  }

  func use(of layer: TypedLayer) -> EnergyReport.Hardware? {
    guard let layers = hardware.linear[layer.node.layer.output] else { return nil }
    var bytes = EnergyReport.Hardware.Bytes(inputs: 0, outputs: 0, parameters: 0)
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
    return .init(
      mode: layers.map(\.mode.name).joined(separator: ", "), bytes: bytes, energy: energy.rounded)
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
