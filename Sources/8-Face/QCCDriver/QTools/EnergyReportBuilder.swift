import IntegerProgram
import Numbers
import QIR
import QTools
import Quantization
import Reports
import Schedule
import Targets
import Tiling

/// QTools' estimate of a network's energy, and beside it that of the tiles' traffic and multiplications on the accelerator.
package struct EnergyReportBuilder {
  package let map: DataTypeMap
  package let model: EnergyModel
  /// nil where it is not asked for.
  package let hardware: HardwareUse?

  package init(_ map: DataTypeMap, model: EnergyModel, hardware: HardwareUse? = nil) {
    self.map = map
    self.model = model
    self.hardware = hardware
  }

  package var report: EnergyReport {
    let estimate = EnergyEstimate(map, in: model)
    let layers = zip(map.layers, estimate.layers).map { layer, estimate in
      EnergyReport.Layer(
        name: estimate.name, type: estimate.className, energy: .init(estimate.energy), counted: estimate.counted,
        hardware: hardware(of: layer))
    }
    return EnergyReport(
      layers: layers, totalCost: estimate.totalCost, sum: estimate.sum, note: hardware?.note)
  }

  private func hardware(of layer: TypedLayer) -> EnergyReport.Hardware? {
    guard let hardware, let layers = hardware.linear[layer.name] else { return nil }
    var bytes = EnergyReport.Hardware.Bytes(inputs: 0, outputs: 0, parameters: 0)
    var energy = LayerEnergy()
    for (index, scheduled) in layers.enumerated() {
      let shape = scheduled.shape
      let traffic = TilingProblem(shape: shape, accelerator: hardware.target).traffic(of: scheduled.nest)
      bytes.inputs += traffic.input
      bytes.outputs += traffic.output
      bytes.parameters += traffic.weights
      // Between the two halves of a separable convolution lies no network boundary.
      let readsNetworkInput = layer.network.isFirst && index == 0
      let makesNetworkOutput = layer.network.isLast && index == layers.count - 1
      energy.inputs += access(
        traffic.input, elements: shape.input.elements * shape.inputLimbs, bits: shape.modeActivationBits,
        in: model.featureMapMemory(isNetworkBoundary: readsNetworkInput))
      energy.parameters += access(
        traffic.weights, elements: scheduled.instruction.weights.count * shape.weightLimbs, bits: shape.modeWeightBits,
        in: model.options.weightsOn)
      energy.outputs += access(
        traffic.output, elements: shape.output.elements, bits: shape.outputBits,
        in: model.featureMapMemory(isNetworkBoundary: makesNetworkOutput))
      energy.operations += operations(scheduled)
    }
    return .init(
      mode: layers.map(\.mode.name).joined(separator: ", "), bytes: bytes, energy: .init(energy.rounded))
  }

  /// What crosses the bus out of or into a memory that holds the whole tensor.
  private func access(_ bytes: Int, elements: Int, bits: Int, in memory: EnergyModel.Memory) -> Double {
    model.access(
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
      * (model.operation(.mul, on: code, bits: width) + model.operation(.add, on: code, bits: Double(accumulator)))
  }
}

extension EnergyReport.Energy {
  fileprivate init(_ energy: LayerEnergy) {
    self.init(
      inputs: energy.inputs, outputs: energy.outputs, parameters: energy.parameters, operations: energy.operations)
  }
}
