import Arrays
import Diagnostics
import Files
import Lowering
import Numbers
import QIR
import Quantization

/// Samples for every input of a network, as real numbers.
package struct NetworkInputs: Sendable {
  package let samples: Int
  /// By graph input: the samples one after another, each in the order of the node's axes (NHWC).
  package private(set) var values: [TensorIdentity: [Double]]
  /// The graph's inputs in their order.
  private var order: [TensorIdentity]

  /// One array for a network of one input; `name=file` for each of several. Their axes are in the model file's order.
  ///
  /// - Throws: `Diagnostics` where files are missing, or shapes and counts do not fit.
  package init(files: [String], for graph: Graph) throws {
    var problems = Diagnostics()
    var values: [TensorIdentity: [Double]] = [:]
    var counts: [Int] = []
    var given: Set<TensorIdentity> = []
    let inputs = graph.inputs.map { graph[$0] }
    for argument in files {
      guard let (input, file) = problems.collecting({ try Self.assignment(argument, to: inputs) }) else { continue }
      guard given.insert(input.identity).inserted else {
        problems.report(
          "more than one file for input '\(input.name)', as '\(argument)'", supported: "one file for every input",
          fix: "leave one out, or make them one array")
        continue
      }
      guard let array = problems.collecting({ try ArrayFile.load(file) }) else { continue }
      if let count = problems.collecting({ try Self.sampleCount(array, of: input, file: file) }),
        let numbers = problems.collecting({
          try Self.numbers(in: array, of: input, as: graph.fileFormats[input.identity], file: file)
        })
      {
        values[input.identity] = Self.inNodeOrder(numbers, of: input)
        counts.append(count)
      }
    }
    for input in inputs where values[input.identity] == nil && !problems.hasErrors {
      problems.report("no values for input '\(input.name)'", fix: "say --inputs \(input.name)=FILE")
    }
    if let first = counts.first, counts.contains(where: { $0 != first }) {
      problems.report("inputs of \(counts) samples", supported: "the same number of samples for every input")
    }
    try problems.throwIfErrors()
    samples = counts.first ?? 0
    self.values = values
    order = inputs.map(\.identity)
  }

  /// Those of a golden file: dataset `x` of a network with one input, `x/<input>` of one with several, `|` standing for `/` in a
  /// name.
  ///
  /// - Throws: `Diagnostics`, as for other files.
  package init(golden file: String, for graph: Graph) throws {
    let names = graph.inputs.map { graph[$0].name }
    let files = names.count == 1 ? ["\(file):x"] : names.map { "\($0)=\(file):x/\($0.replacing("/", with: "|"))" }
    try self.init(files: files, for: graph)
  }

  /// The input that an argument is for, and the file: `name=file`, or a file alone where there is one input.
  private static func assignment(_ argument: String, to inputs: [Node]) throws -> (input: Node, file: String) {
    for input in inputs where argument.hasPrefix("\(input.name)=") {
      return (input, String(argument.dropFirst(input.name.count + 1)))
    }
    if let input = inputs.first, inputs.count == 1, !argument.contains("=" as Character) || InputFile.isOne(argument) {
      return (input, argument)
    }
    throw Diagnostic(
      "'\(argument)' for a network of \(inputs.count == 1 ? "one input" : "\(inputs.count) inputs")",
      supported: inputs.map { "\($0.name)=FILE" }.joined(separator: " "))
  }

  private static func sampleCount(_ array: NumericArray, of input: Node, file: String) throws -> Int {
    let shape = input.fileShape.extents
    let location = Diagnostic.Location(file: file)
    let tail = Array(array.shape.dropFirst())
    let isOneSample = array.shape == shape
    try require(
      isOneSample || tail == shape || (tail.reduce(1, *) == input.shape.elements && tail.count == 1),
      "an array of shape \(array.shape) for input '\(input.name)'", at: location,
      supported: "[samples" + shape.map { ", \($0)" }.joined() + "]")
    try require(
      array.values.allSatisfy(\.isFinite), "the array holds NaN or infinity", at: location, supported: "finite numbers")
    let samples = isOneSample ? 1 : array.shape[0]
    guard samples > 0 else { throw Diagnostic("the array holds no sample", at: location) }
    return samples
  }

  /// What an array's elements stand for: integers for themselves, where the model's file does not have codes at this input.
  private static func numbers(
    in array: NumericArray, of input: Node, as format: CodeFormat?, file: String
  ) throws -> [Double] {
    guard let format, let type = array.integers else { return array.values }
    let own = IntegerType.narrowest(holding: format.range)
    try require(
      type.rawValue == "\(own.isSigned ? "i" : "u")\(own.bits / 8)", "an array of \(type) for input '\(input.name)'",
      at: .init(file: file),
      supported: "\(own.isSigned ? "int" : "uint")\(own.bits) for codes, floats for what they stand for",
      fix: "convert it: x.astype(numpy.float32) where the numbers are meant")
    return array.values.map { format.value(of: Int64($0)) }
  }

  /// Samples whose axes are in the model file's order, in the node's.
  private static func inNodeOrder(_ samples: [Double], of input: Node) -> [Double] {
    guard input.fileAxes != nil else { return samples }
    let elements = input.shape.elements
    return stride(from: 0, to: samples.count, by: elements).flatMap { start in
      input.fromFileOrder(Array(samples[start..<(start + elements)]))
    }
  }

  /// Seeded samples over the range of the input quantizers and a little beyond, after the corners: all least, all most, all
  /// zero, and least and most by turns.
  /// - Throws: `Diagnostic` where they are more than the budget of memory allows.
  package init(drawnFor network: LoweredNetwork, samples: Int, seed: UInt64) throws {
    var budget = try MemoryBudget()
    let elements = network.graph.inputs.reduce(0) { $0 + network.graph[$1].shape.elements }
    try budget.take(
      elements, of: samples * MemoryLayout<Double>.size, for: "\(samples) samples", at: .init(file: network.graph.file))
    self.samples = samples
    values = [:]
    order = network.graph.inputs.map { network.graph[$0].identity }
    var random = SplitMix(seed: seed)
    for input in network.graph.inputs {
      let node = network.graph[input]
      let quantizers = network.inputs.filter { $0.graphInput == input }.flatMap(\.quantization.quantizers)
      let ends = quantizers.flatMap { quantizer in
        let values = [quantizer.format.range.lowerBound, quantizer.format.range.upperBound]
          .map(quantizer.format.value(of:))
        let span = quantizer.functions.isEmpty ? nil : quantizer.span
        return (values + (span.map { [$0.lowerBound, $0.upperBound] } ?? [])).map {
          // With room for a margin.
          $0.clamped(to: -0x1p126...0x1p126)
        }
      }
      let least = ends.min() ?? -1
      let most = ends.max() ?? 1
      let margin = (most - least) / 16
      var numbers: [Double] = []
      numbers.reserveCapacity(samples * node.shape.elements)
      for sample in 0..<samples {
        for element in 0..<node.shape.elements {
          switch sample {
          case 0: numbers.append(least - margin)
          case 1: numbers.append(most + margin)
          case 2: numbers.append(0)
          case 3: numbers.append(element % 2 == 0 ? least - margin : most + margin)
          default:
            // float32 numbers, as networks take them.
            numbers.append(Double(Float(Double.random(in: (least - margin)...(most + margin), using: &random))))
          }
        }
      }
      values[node.identity] = numbers
    }
  }

  /// The same for another network with inputs of the same shapes, in the same order.
  package func matched(to graph: Graph) -> NetworkInputs {
    var matched = self
    matched.order = graph.inputs.map { graph[$0].identity }
    matched.values = Dictionary(
      zip(matched.order, order).map { ($0, values[$1] ?? []) }, uniquingKeysWith: { first, _ in first })
    return matched
  }

  /// One sample of one input, which may be a node of any graph that passes made.
  package func sample(_ index: Int, of input: Node) -> ArraySlice<Double> {
    let elements = input.shape.elements
    return values[input.identity]?[(index * elements)..<((index + 1) * elements)] ?? []
  }
}

/// The class of each sample, as a file says it.
package struct Labels: Sendable {
  package let classes: [Int]

  /// - Parameter output: the network's first, with a number for each class.
  /// - Throws: `Diagnostic` where the file cannot be read, has more or fewer labels than there are samples, or numbers that are
  ///   no classes of the network.
  package init(_ file: String, samples: Int, output: Node, fix: String?) throws {
    let location = Diagnostic.Location(file: file)
    let array = try ArrayFile.load(file)
    try require(
      array.values.count == samples, "\(array.values.count) labels for \(samples) samples", at: location,
      supported: "one class number per sample", fix: fix)
    let count = output.shape.elements
    try require(
      count > 1, "labels for the output '\(output.name)' of one number", at: location,
      supported: "outputs of a number for each class")
    let classes = array.values.map { Int(exactly: $0) ?? -1 }
    let odd = classes.indices.filter { !(0..<count).contains(classes[$0]) }
    guard let first = odd.first else {
      self.classes = classes
      return
    }
    let label = Int(exactly: array.values[first]).map(String.init) ?? "\(array.values[first])"
    throw Diagnostic(
      "label \(label) of sample \(first)" + (odd.count > 1 ? ", and \(odd.count - 1) more" : ""),
      at: location, supported: "integers from 0 to \(count - 1), the classes of output '\(output.name)'")
  }

  /// The part of the samples whose largest output is the one of their class.
  package func accuracy(of outputs: [[Double]]) -> Double {
    Double(zip(outputs, classes).count { largest($0) == $1 }) / Double(max(classes.count, 1))
  }
}

/// The class with the largest value.
package func largest(_ values: [Double]) -> Int { values.indices.max { values[$0] < values[$1] } ?? 0 }
