import IntegerProgram
import Numbers
import QTools
import Quantization
import Reports
import Targets

/// All that one page says of a compiled network.
package struct NetworkReportBuilder {
  package let compilation: Compilation
  /// What QTools' estimates depend on beside the network.
  package let types: DataTypeOptions

  package init(_ compilation: Compilation, types: DataTypeOptions) {
    self.compilation = compilation
    self.types = types
  }

  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package func report() throws -> NetworkReport {
    let program = compilation.network.program
    let tiles = try TileReportBuilder(compilation.schedule, model: .stated).report()
    let file = compilation.imported.file ?? ""
    let hardware = HardwareUse(compilation)
    let map = try DataTypeMap(compilation.imported, options: types)
    let model = EnergyModel(process: try ProcessFile.load("horowitz"), options: .init())
    return NetworkReport(
      name: compilation.imported.name, file: file.split(separator: "/").last.map(String.init) ?? file,
      target: compilation.target.name, targetSummary: compilation.target.summary,
      summary: SummaryBuilder(compilation.imported).report, tiles: tiles,
      energy: EnergyReportBuilder(map, model: model, hardware: hardware).report,
      drawing: DrawingBuilder(compilation.network, tiles: tiles).drawing,
      rooflines: try RooflineBuilder(compilation.schedule).rooflines(),
      proofs: compilation.network.proofs.map { .init(layer: $0.layer, channels: $0.channels, proved: $0.proved) },
      accumulators: accumulators(map), tensors: program.tensors.map(TensorType.init))
  }

  private func accumulators(_ map: DataTypeMap) -> [AccumulatorType] {
    let layers = HardwareUse.layers(of: compilation.imported)
    let estimates = Dictionary(
      map.layers.compactMap { layer in layer.accumulator.map { (layer.name, $0.output.bits) } },
      uniquingKeysWith: { first, _ in first })
    return compilation.network.program.instructions.compactMap(\.accumulatorType).map { accumulator in
      var accumulator = accumulator
      accumulator.estimatedBits = layers[accumulator.layer].flatMap { estimates[$0] }
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
