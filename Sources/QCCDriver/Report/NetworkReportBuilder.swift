import CycleSimulator
import IntegerProgram
import Quantization
import Reports
import Targets

/// All that one page says of a compiled network.
package struct NetworkReportBuilder {
  package let compilation: Compilation

  package init(_ compilation: Compilation) {
    self.compilation = compilation
  }

  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package func report() throws -> NetworkReport {
    let program = compilation.network.program
    let tiles = try TileReportBuilder(program, on: compilation.target, model: .stated).report()
    let file = compilation.imported.file ?? ""
    return NetworkReport(
      name: compilation.imported.name,
      file: String(file[(file.lastIndex(of: "/").map(file.index(after:)) ?? file.startIndex)...]),
      target: compilation.target.name, targetSummary: compilation.target.summary,
      summary: SummaryBuilder(compilation.imported).report, tiles: tiles,
      drawing: DrawingBuilder(compilation.network, tiles: tiles).drawing,
      rooflines: try RooflineBuilder(program, on: compilation.target).rooflines(),
      proofs: compilation.network.proofs.map { .init(layer: $0.layer, channels: $0.channels, proved: $0.proved) },
      accumulators: program.instructions.compactMap(\.accumulatorType), tensors: program.tensors.map(TensorType.init))
  }
}

extension Instruction {
  /// Nil where an instruction only moves codes or maps them.
  fileprivate var accumulatorType: AccumulatorType? {
    func type(_ range: ClosedRange<Int64>, of linear: LinearInstruction? = nil) -> AccumulatorType {
      AccumulatorType(
        layer: name, engine: linear?.shape.engine.publishedName, activationBits: linear?.shape.activationBits,
        weightBits: linear?.shape.weightBits, lowest: range.lowerBound, highest: range.upperBound,
        type: IntegerType.narrowestSigned(holding: range).description)
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
      highest: tensor.range.upperBound, zeroPoint: tensor.encoding.zeroPoint, scales: tensor.encoding.scales)
  }
}

extension MapShape {
  /// Without the rows and columns of a vector.
  var axes: [Int] { rows == 1 && columns == 1 ? [channels] : [rows, columns, channels] }
}
