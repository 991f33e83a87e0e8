import Compiler
import IntegerProgram
import Numbers
import Performance
import QIR
import QTools
import Quantization
import Schedule
import Statistics
import Targets

extension NetworkPage {
  /// - Parameter types: what QTools' estimates depend on beside the network.
  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package init(_ compilation: Compilation, types: DataTypeOptions) throws {
    let tiles = try TileReport(compilation.schedule, model: .stated)
    let file = compilation.model.graph.file ?? ""
    let map = try DataTypeMap(compilation.model, options: types)
    let model = EnergyModel(process: try ProcessFile.load("horowitz"), options: .init())
    self.init(
      name: compilation.model.graph.name, file: file.fileName,
      target: compilation.target.name, targetSummary: compilation.target.summary,
      summary: SummaryReport(compilation.model), tiles: tiles,
      energy: EnergyReport(map, model: model, hardware: HardwareUse(compilation)),
      drawing: DrawingBuilder(compilation, tiles: tiles).drawing,
      rooflines: try Roofline.all(of: compilation.schedule), proofs: compilation.network.proofs,
      accumulators: Self.accumulators(of: compilation, map),
      tensors: compilation.network.program.tensors.map(TensorType.init))
  }

  private static func accumulators(of compilation: Compilation, _ map: DataTypeMap) -> [AccumulatorType] {
    let estimates = Dictionary(
      uniqueKeysWithValues: map.layers.map { ($0.node.layer.output, $0.accumulator?.output.bits) })
    return zip(compilation.network.program.instructions, compilation.layersOfInstructions).compactMap {
      instruction, layer in
      var accumulator = instruction.accumulatorType
      accumulator?.estimatedBits = layer.flatMap { estimates[$0] ?? nil }
      return accumulator
    }
  }
}

extension Instruction {
  /// Nil where an instruction only moves codes or maps them.
  fileprivate var accumulatorType: AccumulatorType? {
    func type(_ range: ClosedRange<Int64>, of linear: LinearInstruction? = nil) -> AccumulatorType {
      let type = IntegerType.narrowestSigned(holding: range)
      return AccumulatorType(
        layer: name, engine: linear?.shape.engine.publishedName, activationBits: linear?.shape.activationBits,
        weightBits: linear?.shape.weightBits, lowest: range.lowerBound, highest: range.upperBound,
        type: type.description, bits: type.bits)
    }
    switch self {
    case .linear(let instruction): return type(instruction.accumulatorRange, of: instruction)
    case .sum(let instruction): return type(instruction.accumulatorRange)
    case .pool(let instruction):
      if case .sum = instruction.kind { return type(instruction.accumulatorRange) }
      return nil
    case .requantize, .concatenate, .pad, .reshape: return nil
    }
  }
}

extension TensorType {
  fileprivate init(_ tensor: ProgramTensor) {
    self.init(
      name: tensor.name, shape: tensor.shape.axes, type: tensor.type.description, lowest: tensor.range.lowerBound,
      highest: tensor.range.upperBound, zeroPoint: tensor.encoding.zeroPoint, scales: Array(tensor.encoding.scales))
  }
}

extension MapShape {
  /// Without the rows and columns of a vector.
  var axes: [Int] { rows == 1 && columns == 1 ? [channels] : [rows, columns, channels] }
}
