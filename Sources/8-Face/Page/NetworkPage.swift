import Compiler
import GraphDrawing
import IntegerProgram
import Lowering
import Numbers
import Performance
import Presentation
import QTools
import Quantization
import Schedule
import Statistics
import Targets

/// What `qcc report` shows of a compiled network on one page.
package struct NetworkPage: Sendable {
  package var name: String
  /// The model's file, without its folder.
  package var file: String
  package var target: String
  package var targetSummary: String
  package var summary: SummaryReport
  package var tiles: TileReport
  package var energy: EnergyReport
  package var memory: MemoryReport
  package var drawing: NetworkDrawing
  /// One per engine that runs a layer.
  package var rooflines: [Roofline]
  package var proofs: [LoweredNetwork.Proof]
  package var accumulators: [AccumulatorType]
  package var tensors: [TensorType]

  package init(
    name: String, file: String, target: String, targetSummary: String, summary: SummaryReport, tiles: TileReport,
    energy: EnergyReport, memory: MemoryReport, drawing: NetworkDrawing, rooflines: [Roofline],
    proofs: [LoweredNetwork.Proof],
    accumulators: [AccumulatorType],
    tensors: [TensorType]
  ) {
    self.name = name
    self.file = file
    self.target = target
    self.targetSummary = targetSummary
    self.summary = summary
    self.tiles = tiles
    self.energy = energy
    self.memory = memory
    self.drawing = drawing
    self.rooflines = rooflines
    self.proofs = proofs
    self.accumulators = accumulators
    self.tensors = tensors
  }

  package func html() -> String {
    Frame(
      title: "\(file) on \(target)", heading: file, summary: "Network \(name) on \(target): \(targetSummary)",
      figures: figures,
      sections: [
        .init(id: "network", title: "Network") { writeNetwork(to: &$0) },
        .init(id: "bits", title: "Bits per layer") { writeBits(to: &$0) },
        .init(id: "cycles", title: "Tiles and cycles per layer") { writeCycles(to: &$0) },
        .init(id: "energy", title: "Energy per layer") { writeEnergy(to: &$0) },
        .init(id: "memory", title: "Memory of the C") { writeMemory(to: &$0) },
        .init(id: "rooflines", title: "Rooflines") { writeRooflines(to: &$0) },
        .init(id: "proofs", title: "Proofs") { writeProofs(to: &$0) },
        .init(id: "types", title: "Data types") { writeTypes(to: &$0) },
      ]
    ).html
  }

  private var figures: [Frame.Figure] {
    let channels = proofs.reduce(0) { $0 + $1.channels }
    let proved = proofs.reduce(0) { $0 + $1.proved }
    return [
      .init(
        "parameters", grouped(summary.parameters),
        "\(grouped(summary.bits.parameters)) bits; feature maps: \(grouped(summary.bits.featureMaps))"
      ),
      .init("multiply-accumulates", grouped(summary.macs), "per inference"),
      .init("tiles", grouped(tiles.totals.tiles), "\(fixed(tiles.totals.speedup, decimals: 2))x ideal latency"),
      .init(
        "cycles", grouped(tiles.totals.cyclesReconfigurable),
        "\(fixed(tiles.totals.cycleSpeedup, decimals: 2))x faster than standard"
      ),
      .init(
        "energy", energy.hardwareTotal.map(Self.energy) ?? "-",
        "per inference; QTools: \(Self.energy(Double(energy.sum)))"
      ),
      .init("proofs", "\(grouped(proved)) of \(grouped(channels))", "channels exact on every input"),
    ]
  }

  /// - Parameter types: what QTools' estimates depend on beside the network.
  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths, `Diagnostics` where C cannot do the schedule.
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
      memory: try MemoryReport(compilation.schedule, beside: MemoryReport.builtinTargets()),
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
    case .combine(let instruction): return type(instruction.accumulatorRange)
    case .matrixProduct(let instruction): return type(instruction.accumulatorRange)
    case .pool(let instruction):
      if case .sum = instruction.kind { return type(instruction.accumulatorRange) }
      return nil
    case .requantize, .move, .reshape: return nil
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
