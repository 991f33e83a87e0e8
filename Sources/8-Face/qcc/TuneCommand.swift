import ArgumentParser
import Assessment
import Compiler
import Files
import ONNXExport
import Presentation
import QCCDriver
import QIR
import Threads
import Training
import Tuning

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Trains a quantized network to do what the float network does, and keeps the best of it.",
    usage: "qcc tune [<options>] <model> --teacher <model> --data <file> -o <file>",
    discussion: """
      Weights, biases and scales are learned with the quantizers in place; the float network is the teacher, so labels are \
      not needed. After every epoch the network is compiled and its integer program judged on inputs that training does not \
      see. What is written is a network that qcc reads, compiles and proves like any other. See docs/tune.md.

      EXAMPLES
        qcc quantize model.h5 --calibration x.npy --weights 4 --maps 4 --input-maps 8 -o q.onnx
        qcc tune q.onnx --teacher model.h5 --data x.npy -o tuned.onnx
        qcc tune q.onnx --teacher model.h5 --data x.npy --labels y.npy --epochs 30 -o tuned.onnx
        qcc tune q.onnx --teacher model.h5 --data x.npy --epochs 100 --resume run.h5 -o tuned.onnx
        qcc tune q.onnx --teacher model.h5 --data x.npy --trainer "python train.py {in} {out} {epochs}" -o tuned.onnx
      """)

  @Argument(
    help: ArgumentHelp("The quantized network: a Keras or an ONNX file.", valueName: "model"), completion: .file())
  var model: String

  @Option(help: ArgumentHelp("The float network that it was made from.", valueName: "model"), completion: .file())
  var teacher: String

  @Option(
    help: ArgumentHelp(
      "Inputs to learn from: .npy or file.h5:dataset; NAME=FILE for each of several.", valueName: "file"),
    completion: .file())
  var data: [String]

  @Option(
    help: ArgumentHelp("Labels of these inputs, to learn from as well.", valueName: "file"), completion: .file())
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Inputs that choose between epochs. Default: an eighth of the others, held out.", valueName: "file"),
    completion: .file())
  var validation: [String] = []

  @Option(
    help: ArgumentHelp("Inputs that judge the network before and after, and nothing else.", valueName: "file"),
    completion: .file())
  var test: [String] = []

  @Option(help: ArgumentHelp("Labels of the test inputs.", valueName: "file"), completion: .file())
  var testLabels: String?

  @Option(help: "What the results are: classes, or a reconstruction.")
  var metric = Judge.Measure.accuracy

  @Option(help: ArgumentHelp("Passes over the inputs.", valueName: "count"))
  var epochs = Trainer.Options().epochs

  @Option(
    help: ArgumentHelp(
      "How far a weight moves in a step at first, of the largest that its scale holds; falls to 0.", valueName: "part"))
  var rate = Trainer.Options().rate

  @Option(help: ArgumentHelp("Samples per step.", valueName: "count"))
  var batch = Trainer.Options().batch

  @Option(help: ArgumentHelp("Epochs without a better network before training ends.", valueName: "count"))
  var patience = Tuning.Options().patience

  @Option(
    help: ArgumentHelp(
      "Inputs made of these in every epoch: shift:ROWSxCOLUMNS, mirror, noise:PART of the inputs' own deviation, mix, or none.",
      valueName: "what,…"))
  var augment = Trainer.Options().augmentation

  @Option(help: ArgumentHelp("Of the order of samples, and of what they become.", valueName: "number"))
  var seed = Trainer.Options().seed

  @Flag(help: "Weights that are 0 stay so: of a pruned network.")
  var keepZeros = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The network as .onnx or QKeras .h5.", valueName: "file"),
    completion: .file(extensions: Graph.suffixes))
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      Trains in place of qcc: run by a shell, with the names of a QKeras file for {in} and {out}, or of a QONNX file for \
      {in.onnx} and {out.onnx}, and --epochs for {epochs}.
      """, valueName: "command"))
  var trainer: String?

  @Option(
    help: ArgumentHelp(
      "Keeps the training in this file after every epoch, and goes on with it where the file is there.",
      valueName: "file"), completion: .file())
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "How an ONNX file has quantizers. Default: qdq where all widths are 4, 8 or 16.", valueName: "qonnx|qdq"))
  var style: ExportStyle?

  @OptionGroup var judges: JudgeOptions

  @OptionGroup var printing: ReportOptions

  func validate() throws {
    if let output { try validateNetworkName(output, kinds: Graph.suffixes) }
    if style != nil, output?.hasSuffix(".onnx") != true { throw ValidationError("--style is for .onnx files") }
    for (name, value, most) in [
      ("--epochs", epochs, 100_000), ("--batch", batch, 65_536), ("--patience", patience, 100_000),
    ] where !(1...most).contains(value) { throw ValidationError("\(name) takes 1 to \(most)") }
    if !(rate > 0 && rate <= 1) { throw ValidationError("--rate takes more than 0 and at most 1") }
    if testLabels != nil, test.isEmpty { throw ValidationError("--test-labels is for --test") }
    if let resume, resume.isEmpty || [model, teacher, output].contains(resume) {
      throw ValidationError("--resume takes a file of its own")
    }
    if let trainer {
      if let problem = ExternalTrainer(trainer).problem { throw ValidationError("--trainer \(problem)") }
      if labels != nil || resume != nil || keepZeros {
        throw ValidationError("--labels, --resume and --keep-zeros are for qcc's own training, not for --trainer")
      }
    }
    if labels != nil, metric == .auc {
      throw ValidationError("--labels are classes: --metric auc learns from inputs alone")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    var options = NetworkTuner.Options()
    options.teacher = teacher
    options.data = data
    options.labels = labels
    options.validation = validation
    options.measure = metric
    options.keepsZeros = keepZeros
    options.target = judges.target
    options.tuning.patience = patience
    options.tuning.training.epochs = epochs
    options.tuning.training.rate = rate
    options.tuning.training.batch = batch
    options.tuning.training.augmentation = augment
    options.tuning.training.seed = seed
    options.tuning.training.threads = judges.threads ?? processorCount
    options.resume = resume
    options.trainer = trainer
    var tuner = try NetworkTuner(model: model, options: options, version: QCC.configuration.version)
    show(tuner.remarks)
    var bar = ProgressBar("training", total: tuner.steps)
    bar.advance(by: tuner.stepsDone)
    try tuner.run(
      stepped: { bar.advance() },
      ended: { epoch in
        guard Terminal.standardError.isTerminal else { return }
        bar.finish()
        var standardError = StandardError()
        print(epoch.line, to: &standardError)
      })
    bar.finish()
    let seconds = Double((ContinuousClock.now - start) / .seconds(1))
    let report = try tuner.report(test: test, labels: testLabels, seconds: seconds)
    if let output {
      try OutputFile.write([(output, try tuner.bytes(for: output, style: style))])
      show(tuner.remarks(on: output))
    }
    try printing.show(report)
  }
}

extension Augmentation: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String { text }
}
