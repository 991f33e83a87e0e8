import Assessment
import Calibration
import Compiler
import Diagnostics
import FloatEngine
import Frontends
import Inference
import ONNXExport
import Passes
import Plans
import QIR
import Search
import Threads

/// Makes quantized networks of a float one, and judges them.
package struct NetworkQuantizer: Sendable {
  package struct Options: Sendable {
    /// Files with the inputs that ranges and weights are fitted to, as `NetworkInputs` takes them.
    package var calibration: [String] = []
    /// Those that judge; none: a part of the others.
    package var test: [String] = []
    /// Of the inputs that judge.
    package var labels: String?
    package var groups: String?
    package var measure = Judge.Measure.accuracy
    package var rounding = Rounding.best
    /// nil: no weight has to become 0.
    package var pruning: Pruning?
    package var target = Compiler.Options().target
    package var threads: Int?

    package init() {}
  }

  /// A network that a plan made.
  package struct Result: Sendable {
    package var plan: QuantizationPlan
    package var compilation: Compilation
    package var graph: Graph { compilation.model.graph }
  }

  package let network: FloatNetwork
  /// Warnings and notes.
  package private(set) var remarks: [Diagnostic]
  private let options: Options
  package let compiler: Compiler
  private let calibration: NetworkInputs
  private let fitted: Range<Int>
  private let test: NetworkInputs
  private let judged: Range<Int>
  private let judge: Judge?

  /// - Parameter choices: as `Frontends.read` takes them.
  /// - Throws: `Diagnostics`, everything that is wrong with the files.
  package init(model file: String, choices: FileChoices = .init(), options: Options) throws(Diagnostics) {
    FloatEngine.keepFreedMemory()
    let model = try Frontends.read(file, choices)
    var problems = Diagnostics(model.remarks)
    let network = try Diagnostics.collected {
      try FloatNetwork(PassManager(Pipeline.toFloatNetwork).run(on: model.graph, reporting: &problems))
    }
    var compilerOptions = Compiler.Options()
    compilerOptions.target = options.target
    let compiler = problems.collecting { try Compiler(compilerOptions) }
    let calibration = problems.collecting { try NetworkInputs(files: options.calibration, for: model.graph) }
    let test =
      options.test.isEmpty ? nil : problems.collecting { try NetworkInputs(files: options.test, for: model.graph) }
    try problems.throwIfErrors()
    guard let compiler, let calibration else { throw problems }
    // Half a dozen samples say nothing.
    let heldOut = test == nil && calibration.samples >= Self.fewest ? calibration.samples / 8 : 0
    self.network = network
    self.options = options
    self.compiler = compiler
    self.calibration = calibration
    fitted = 0..<(calibration.samples - heldOut)
    self.test = test ?? calibration
    judged = test.map { 0..<$0.samples } ?? (heldOut > 0 ? fitted.upperBound..<calibration.samples : fitted)
    let judging = self.test
    judge = try options.labels.map { labels throws(Diagnostics) in
      try Judge(options.measure, labels: labels, groups: options.groups, inputs: judging, network: network)
    }
    problems.report(contentsOf: try Self.remarks(on: calibration, of: network))
    if let test, let overflow = network.overflow(on: test, "test") { throw Diagnostics([overflow]) }
    remarks = problems.all
  }

  /// Samples from which some are held out to judge.
  private static let fewest = 32

  /// Whether calibration did not see what judges.
  private var isHeldOut: Bool { !options.test.isEmpty || fitted.upperBound < calibration.samples }

  /// The widths of a quantized network with the same layers.
  /// - Parameter biases: their width instead of that network's.
  package func widths(like file: String, biases: Int? = nil) throws(Diagnostics) -> QuantizationPlan {
    var plan = try QuantizationPlan(like: Frontends.read(file).graph, for: network)
    if let biases {
      for name in plan.biases.keys { plan.biases[name]?.bits = biases }
    }
    return plan
  }

  /// What a plan leaves open: ranges, scales and codes.
  /// - Throws: `Diagnostics`, what in the plan does not fit.
  package func calibrated(_ plan: QuantizationPlan) throws(Diagnostics) -> (
    plan: QuantizationPlan, remarks: [Diagnostic]
  ) {
    var problems = try plan.openProblems(in: network.split(by: plan))
    problems.report(contentsOf: pruningProblems(of: plan))
    try problems.throwIfErrors()
    let found = try calibration(of: plan)
    let unlike = found.layers.filter { $0.gap > Self.widestGap }
    guard !unlike.isEmpty else { return (found.plan, []) }
    let remark = Diagnostic(
      "one half of the calibration inputs says little of the other: layers \(unlike.map(\.name).quotedList)",
      at: .init(file: network.graph.file), fix: "calibrate with more inputs that differ more", severity: .warning)
    return (found.plan, [remark])
  }

  package var measure: Judge.Measure { options.measure }

  /// How many inputs for calibration there are, those that are held out included.
  package var calibrationSamples: Int { calibration.samples }

  /// What ranges and weights are fitted to.
  package var calibrationBatches: [NodeID: Batch] { calibration.batches(of: network.graph, samples: fitted) }

  /// A judge of many networks of this one, on other inputs.
  package func trialJudge(test files: [String], labels: String?) throws -> TrialJudge {
    let inputs = try NetworkInputs(files: files, for: network.graph)
    let judge = try labels.map {
      try Judge(options.measure, labels: $0, groups: nil, inputs: inputs, network: network)
    }
    return TrialJudge(
      network, inputs: inputs, samples: 0..<inputs.samples, measure: options.measure, judge: judge)
  }

  /// A judge of many networks of this one.
  package var trialJudge: TrialJudge {
    TrialJudge(network, inputs: test, samples: judged, measure: options.measure, judge: judge)
  }

  /// Signs are no zeros.
  private func pruningProblems(of plan: QuantizationPlan) -> Diagnostics {
    var problems = Diagnostics()
    guard options.pruning != nil else { return problems }
    for id in network.layers.dropLast() where plan.weights[network.graph[id].name]?.bits == 1 {
      problems.report(
        "weights of 1 bit are to be pruned: their codes are -1 and 1", at: network.graph.location(of: id),
        supported: "2 bits or more, which have a code for 0")
    }
    return problems
  }

  private func calibration(of plan: QuantizationPlan) throws(Diagnostics) -> Calibration {
    let network = try network.split(by: plan)
    let inputs = calibration.batches(of: network.graph, samples: fitted)
    let calibrator = calibrator(of: network, threads: options.threads ?? processorCount)
    guard case .multipoint(let lost) = options.rounding else { return calibrator.calibrate(plan, on: inputs) }
    return try calibrator.calibrateWithPoints(plan, on: inputs, lost: lost)
  }

  /// As the options say.
  func calibrator(of network: FloatNetwork, threads: Int) -> Calibrator {
    var calibrator = Calibrator(network, threads: threads)
    calibrator.methods = options.rounding.methods
    calibrator.pruning = options.pruning
    return calibrator
  }

  /// How much larger a layer's error may be on inputs that it was not fitted to.
  private static let widestGap = 2.0

  /// - Throws: what in the plan does not fit, and what keeps its network from being compiled.
  package func quantized(by plan: QuantizationPlan) throws -> Result {
    let graph = try plan.applied(to: network.split(by: plan))
    return Result(plan: plan, compilation: try compiler.compile(graph))
  }

  /// - Parameter progress: told how many samples more are done, of how many.
  package func report(
    on result: Result, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> QuantizeReport {
    let network = try network.split(by: result.plan).equalized(by: result.plan)
    let comparison = try NetworkComparison(
      network, result.compilation, inputs: test, samples: judged, threads: options.threads,
      progress: { progress($0, judged.count) })
    return QuantizeReport(
      network, result.plan, result.compilation, comparison, judge: judge, isHeldOut: isHeldOut)
  }

  /// What the float network's tensors hold on the calibration inputs, its layers as a plan has them.
  package func profile(of plan: QuantizationPlan) throws(Diagnostics) -> ProfileReport {
    let network = try network.split(by: plan)
    return ProfileReport(network, on: network.fewEnough(calibration), widths: [])
  }

  static func remarks(on inputs: NetworkInputs, of network: FloatNetwork) throws(Diagnostics) -> Diagnostics {
    var problems = Diagnostics()
    for id in network.graph.inputs {
      let node = network.graph[id]
      let values = inputs.values[node.identity] ?? []
      let location = network.graph.location(of: id)
      let fix = "calibrate with inputs as the network will see them"
      if values.allSatisfy({ $0 == 0 }) {
        problems.report("all calibration inputs are zero", at: location, fix: fix)
        continue
      }
      let elements = node.shape.elements
      if inputs.samples > 1, values.indices.dropFirst(elements).allSatisfy({ values[$0] == values[$0 - elements] }) {
        problems.report("all calibration inputs are the same", at: location, fix: fix, severity: .warning)
      }
      let channels = node.shape.channels
      let constant = (0..<channels).filter { channel in
        stride(from: channel, to: values.count, by: channels).allSatisfy { values[$0] == values[channel] }
      }
      if !constant.isEmpty, constant.count < channels || inputs.samples > 1 {
        problems.report(
          "\(constant.count) of \(channels) channels have one value in all calibration inputs", at: location,
          severity: .note)
      }
    }
    if let overflow = network.overflow(on: inputs, "calibration") { problems.report(overflow) }
    if inputs.samples < fewest {
      problems.report(
        "ranges from \(inputs.samples) calibration \(inputs.samples == 1 ? "input" : "inputs")",
        at: .init(file: network.graph.file), fix: "give some hundred that differ as much as those that will come",
        severity: .warning)
    }
    try problems.throwIfErrors()
    return problems
  }
}

extension NetworkQuantizer.Result {
  /// A file of the kind that its name says: the network as ONNX or for QKeras, or the plan as JSON.
  /// - Throws: `Diagnostics` where the kind cannot say the network.
  package func bytes(for path: String, style: ExportStyle?) throws -> [UInt8] {
    if case .plan = FileKind(path) { return Array(plan.json.utf8) }
    return try graph.bytes(for: path, style: style)
  }

  /// What has to be known of such a file.
  package func remarks(on path: String) -> [Diagnostic] { FileKind(path).remarks(on: graph, file: path) }

  /// What names of files that can be written end in.
  package static let suffixes = Graph.suffixes + ["json"]
}
