import Diagnostics
import Lowering
import Passes
import Prover
import QIR
import Quantization
import Quantizers
import Schedule
import Targets
import Threads

/// Compiles networks for one target. It is made once and used as often as needed: compiling changes nothing in it.
package struct Compiler: Sendable {
  package struct Options: Sendable {
    /// A built-in target's name or a YAML file.
    package var target = "stmac"
    /// Quantizes network inputs that the model leaves unquantized.
    package var sourceQuantizer = "quantized_bits(16,6,1)"
    /// Quantizes weights and feature maps that the model leaves unquantized and the accelerator needs; nil: none.
    package var defaultQuantizer: String?

    package init() {}
  }

  package var target: Accelerator
  /// Quantizes network inputs that the model leaves unquantized.
  package var sourceQuantizer: Quantizer
  /// Quantizes weights and feature maps that the model leaves unquantized; nil: none.
  package var defaultQuantizer: Quantizer?
  /// From the graph that the float reference runs to the one that is lowered.
  package var passes = Pipeline.toProgram
  /// Whether widths, ranges and plans of the program are judged once more, by a judge that trusts the input ranges alone.
  /// A search over quantizers has no use for it: what it compares comes from the same proofs.
  package var verifiesProgram = true
  /// What compilations of networks that are alike keep for each other; nil: nothing.
  package var memory: ProofMemory?

  package init(target: Accelerator, sourceQuantizer: Quantizer, defaultQuantizer: Quantizer? = nil) {
    self.target = target
    self.sourceQuantizer = sourceQuantizer
    self.defaultQuantizer = defaultQuantizer
  }

  /// - Throws: `Diagnostic` or `Diagnostics`, what is wrong with the target's file or the quantizer.
  package init(_ options: Options = Options()) throws {
    func quantizer(_ text: String, _ option: String) throws -> Quantizer {
      try Quantizer(QuantizerArguments(parsing: text, location: .init(file: option)))
    }
    self.init(
      target: try TargetFile.load(options.target),
      sourceQuantizer: try quantizer(options.sourceQuantizer, "--source-quantizer"),
      defaultQuantizer: try options.defaultQuantizer.map { try quantizer($0, "--default-quantizer") })
  }

  /// - Throws: `Diagnostic` or `Diagnostics`, everything that is wrong with a stage at once.
  package func compile(_ model: Model) throws -> Compilation {
    var problems = Diagnostics(model.remarks)
    let reference = try PassManager(
      Pipeline.toReference(sourceQuantizer: sourceQuantizer, defaultQuantizer: defaultQuantizer)
    )
    .run(on: model.graph, reporting: &problems)
    let network = try lower(
      try PassManager(passes).run(on: reference, reporting: &problems), namingOutputs: model.graph.outputNames,
      requantizerBits: target.requantizerBits, memory: memory
    ) { lowered in
      _ = try Schedule(lowered, for: target)
    }
    // The program is judged while it is scheduled.
    let ofProgram =
      verifiesProgram
      ? Later { [program = network.program] in Result { () throws(Diagnostics) in try program.verify() } } : nil
    let schedule = try Schedule(network.program, for: target)
    if let ofProgram {
      let ofSchedule = Result { () throws(Diagnostics) in try schedule.verify() }
      do {
        try ofProgram.value.get()
        try ofSchedule.get()
      } catch {
        throw error.inFile(model.graph.file)
      }
    }
    return Compilation(
      model: model, reference: reference, network: network, schedule: schedule, target: target,
      remarks: problems.all)
  }

  /// The same of a graph that comes from no file.
  package func compile(_ graph: Graph) throws -> Compilation { try compile(Model(graph)) }
}

/// A network compiled: checked by the passes, lowered to a proved integer program and scheduled for a target.
package struct Compilation: Sendable {
  /// As it was read.
  package let model: Model
  /// The same with every network input quantized and axes in one order: what the program has to equal, and what the float
  /// reference runs.
  package let reference: Graph
  package var network: LoweredNetwork
  package var schedule: Schedule
  package let target: Accelerator
  /// Warnings and notes.
  package let remarks: [Diagnostic]
}
