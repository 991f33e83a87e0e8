import Assessment
import Compiler
import Diagnostics
import FloatEngine
import Frontends
import Inference
import ONNXExport
import Plans
import QIR
import Search
import Study
import Training
import Tuning

/// Trains a quantized network to do what a float one does.
package struct NetworkTuner {
  package struct Options: Sendable {
    /// The float network's file.
    package var teacher = ""
    /// Files with the inputs to learn from, as `NetworkInputs` takes them.
    package var data: [String] = []
    /// Of those; nil: the teacher is all there is to learn from.
    package var labels: String?
    /// Those that choose between epochs; none: a part of the others.
    package var validation: [String] = []
    package var measure = Judge.Measure.accuracy
    package var keepsZeros = false
    package var tuning = Tuning.Options()
    /// A command that trains in place of qcc, as `ExternalTrainer` takes it.
    package var trainer: String?
    /// The file that keeps the training, to go on with it where it was ended; nil: none.
    package var resume: String?
    package var target = Compiler.Options().target

    package init() {}
  }

  /// Warnings and notes.
  package let remarks: [Diagnostic]
  private let quantizer: NetworkQuantizer
  private var tuning: Tuning
  private let file: TuningFile?
  private let external: ExternalTrainer?

  /// - Parameter version: of qcc, which a training is gone on with.
  /// - Throws: `Diagnostics`, everything that is wrong with the files, or with the two networks beside each other.
  package init(model file: String, options: Options, version: String) throws {
    let kept = try options.resume.map { path in
      TuningFile(path: path, identity: Identity(try options.identity(model: file, version: version)))
    }
    let checkpoint = try kept?.read()
    var problems = Diagnostics()
    var teaching = NetworkQuantizer.Options()
    teaching.calibration = options.data
    teaching.test = options.validation
    teaching.measure = options.measure
    teaching.target = options.target
    let quantizer = problems.collecting { try NetworkQuantizer(model: options.teacher, options: teaching) }
    let model = problems.collecting { try Frontends.read(file) }
    let external = options.trainer.map(ExternalTrainer.init)
    let network = model.flatMap { model in
      external == nil
        ? problems.collecting { try TrainableNetwork(model.graph, keepsZeros: options.keepsZeros) } : nil
    }
    try problems.throwIfErrors()
    guard let quantizer, let model else { throw problems }
    problems.report(contentsOf: Diagnostics(model.remarks + quantizer.remarks + (network?.remarks ?? [])))
    problems.report(contentsOf: Self.differences(model.graph, network?.result, quantizer.network))
    try problems.throwIfErrors()
    let trainer = try network.map { try Self.trainer($0, quantizer, options) }
    tuning = Tuning(
      model.graph, trainer: trainer, compiler: quantizer.compiler, judge: quantizer.trialJudge, options: options.tuning)
    if let kept, let checkpoint, try !tuning.resume(checkpoint) { throw kept.damaged }
    self.file = kept
    self.external = external
    self.quantizer = quantizer
    remarks = problems.all
  }

  private static func trainer(
    _ network: TrainableNetwork, _ quantizer: NetworkQuantizer, _ options: Options
  ) throws -> Trainer {
    let teacher = quantizer.network
    let labels = try options.labels.map { labels in
      try Labels(labels, samples: quantizer.calibrationSamples, output: teacher.graph[teacher.results[0]], fix: nil)
    }
    return quantizer.trainer(of: network, classes: labels?.classes, options: options.tuning.training)
  }

  /// Where the network takes or makes other tensors than the teacher.
  /// - Parameter result: what learns from the teacher's; nil: that is somebody else's business.
  private static func differences(_ graph: Graph, _ result: NodeID?, _ network: FloatNetwork) -> Diagnostics {
    var problems = Diagnostics()
    let teacher = network.graph
    func shapes(_ graph: Graph, _ ids: [NodeID]) -> String { ids.map { "\(graph[$0].shape)" }.joined(separator: ", ") }
    let (own, theirs) = (shapes(graph, graph.inputs), shapes(teacher, teacher.inputs))
    if own != theirs {
      problems.report(
        "inputs of shape \(own)", at: .init(file: graph.file), supported: "those of the teacher: \(theirs)",
        fix: "name the float network that this one was made from with --teacher")
    }
    let wanted = teacher[network.results[0]].shape.elements
    if let result, graph[result].shape.elements != wanted {
      problems.report(
        "a first output of \(graph[result].shape.elements) numbers", at: graph.location(of: result),
        supported: "as many as the teacher's has: \(wanted)",
        fix: "name the float network that this one was made from with --teacher")
    }
    return problems
  }

  /// Steps of all epochs together.
  package var steps: Int { tuning.steps }
  /// Of epochs that a file was found with.
  package var stepsDone: Int { tuning.stepsDone }

  /// - Parameters:
  ///   - stepped: told after every step.
  ///   - ended: told of every epoch, when it is in the file.
  package mutating func run(
    stepped: () -> Void = {}, ended: (TuneReport.Epoch) -> Void = { _ in }
  ) throws {
    if let external { return try tuning.run(by: external.train) }
    let file = file
    try tuning.run(stepped: stepped) { tuning in
      try file?.write(tuning.checkpoint)
      if let epoch = tuning.checkpoint.epochs.last { ended(epoch) }
    }
  }

  /// - Parameters:
  ///   - test: files with inputs that judge, and nothing else; none: nothing is judged so.
  package func report(test: [String], labels: String?, seconds: Double) throws -> TuneReport {
    let judge = test.isEmpty ? nil : try quantizer.trialJudge(test: test, labels: labels)
    return try tuning.report(test: judge, seconds: seconds)
  }

  /// The best network as a file of the kind that its name says.
  package func bytes(for path: String, style: ExportStyle?) throws -> [UInt8] {
    try tuning.best.bytes(for: path, style: style)
  }

  package func remarks(on path: String) -> [Diagnostic] { FileKind(path).remarks(on: tuning.best, file: path) }
}

extension NetworkQuantizer {
  /// Of a quantized network of the float one, which is its teacher.
  /// - Parameter classes: of all calibration inputs; nil: the teacher is all there is to learn from.
  func trainer(of network: TrainableNetwork, classes: [Int]? = nil, options: Trainer.Options) -> Trainer {
    let data = calibrationBatches
    let samples = data.values.first?.samples ?? 0
    return Trainer(
      network, teacher: Teacher(self.network.graph, result: self.network.results[0]),
      loss: measure == .auc ? .squares : .divergence, data: self.network.graph.inputs.compactMap { data[$0] },
      classes: classes.map { Array($0.prefix(samples)) }, options: options)
  }
}

extension NetworkTuner.Options {
  /// All that the training depends on.
  /// - Throws: `Diagnostics`, files that cannot be read.
  fileprivate func identity(model: String, version: String) throws(Diagnostics) -> [(name: String, value: String)] {
    let training = tuning.training
    let settings: [(name: String, value: String)] = [
      ("qcc", version), ("metric", measure.rawValue), ("target", target), ("epochs", "\(training.epochs)"),
      ("batch", "\(training.batch)"), ("rate", "\(training.rate)"), ("patience", "\(tuning.patience)"),
      ("augmentation", training.augmentation.text), ("seed", "\(training.seed)"),
      ("zeros", keepsZeros ? "kept" : "learned"),
    ]
    return try settings
      + FileContents.identity(of: [
        ("model", [model]), ("teacher", [teacher]), ("data", data), ("labels", labels.map { [$0] } ?? []),
        ("validation", validation),
      ])
  }
}
