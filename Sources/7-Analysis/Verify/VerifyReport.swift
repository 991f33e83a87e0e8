import Presentation

/// What `qcc verify` found. Its JSON keys are a promise to other programs; what was not asked for is absent.
package struct VerifyReport: Report, Codable, Hashable, Sendable {
  /// Codes against those of another program.
  package struct Comparison: Codable, Hashable, Sendable {
    package var elements: Int
    /// Codes that differ where there is no tie.
    package var mismatches = 0
    package var ties = 0
  }

  /// Codes of fixed-point arithmetic against those of the exact function, on the same inputs.
  package struct Distance: Codable, Hashable, Sendable {
    /// Codes that are others.
    package var differing = 0
    /// By how much at most.
    package var most = 0

    mutating func add(_ steps: Int) {
      differing += steps > 0 ? 1 : 0
      most = max(most, steps)
    }

    static func + (left: Distance, right: Distance) -> Distance {
      Distance(differing: left.differing + right.differing, most: max(left.most, right.most))
    }
  }

  /// Simulator against float reference, one quantized tensor over all samples.
  package struct TensorComparison: Codable, Hashable, Sendable {
    package var name: String
    package var elements = 0
    /// Codes that differ where the reference is no tie.
    package var mismatches = 0
    /// Reference values on a rounding boundary.
    package var ties = 0
    /// Absent where the network's own arithmetic is the exact function's.
    package var fromExactFunction: Distance?

    static func += (tensor: inout TensorComparison, part: Comparison) {
      tensor.elements += part.elements
      tensor.mismatches += part.mismatches
      tensor.ties += part.ties
    }
  }

  /// Requantization channels, and how many of them are proved exact for every reachable accumulator.
  package struct Proofs: Codable, Hashable, Sendable {
    package var channels: Int
    package var proved: Int

    package init(channels: Int, proved: Int) {
      self.channels = channels
      self.proved = proved
    }
  }

  /// Simulator against the compiled C.
  package struct Emitted: Codable, Hashable, Sendable {
    package var ran: Bool
    package var mismatches: Int
  }

  /// Fractions of right answers, 0 to 1.
  package struct Accuracy: Codable, Hashable, Sendable {
    package var reference: Double
    package var accelerator: Double
  }

  /// The first code that differs.
  package struct Difference: Codable, Hashable, Sendable {
    package var tensor: String
    /// The layer that made the tensor.
    package var layer: String
    /// Sample, row, column, channel.
    package var index: [Int]
    package var expected: Double
    package var found: Double
    /// What `expected` comes from: `float reference`, `golden`, …
    package var against: String
  }

  /// No mismatch anywhere and every channel proved.
  package var bitExact: Bool
  package var samples: Int
  package var tensors: [TensorComparison]
  /// How many tensors of the program are no reference's: passes made them on the way to others. Absent where there are none.
  package var unpairedTensors: Int?
  package var proofs: Proofs
  /// Against the outputs stored in a golden file.
  package var golden: Comparison?
  package var emitted: Emitted?
  /// What was asked for, or is there, and was not compared, in words. Absent where there is nothing.
  package var notCompared: [String]?
  package var accuracy: Accuracy?
  package var firstDifference: Difference?

  package init(
    samples: Int, tensors: [TensorComparison], unpaired: Int = 0, proofs: Proofs, golden: Comparison? = nil,
    emitted: Emitted? = nil, notCompared: [String] = [], accuracy: Accuracy? = nil, firstDifference: Difference? = nil
  ) {
    self.samples = samples
    self.tensors = tensors
    unpairedTensors = unpaired > 0 ? unpaired : nil
    self.proofs = proofs
    self.golden = golden
    self.emitted = emitted
    self.notCompared = notCompared.isEmpty ? nil : notCompared
    self.accuracy = accuracy
    self.firstDifference = firstDifference
    let mismatches = tensors.reduce(0) { $0 + $1.mismatches } + (golden?.mismatches ?? 0) + (emitted?.mismatches ?? 0)
    bitExact = mismatches == 0 && proofs.proved == proofs.channels
  }

  /// One line per tensor.
  package var table: Table {
    let isFixedPoint = tensors.contains { $0.fromExactFunction != nil }
    var table = Table(
      columns: [
        .init("tensor", minimumWidth: 8), .init("elements", .right, isOptional: true), .init("mismatches", .right),
        .init("ties", .right, isOptional: true),
      ] + (isFixedPoint ? [.init("not the exact function's", .right), .init("off by", .right)] : []))
    for tensor in tensors {
      let distance = tensor.fromExactFunction
      table.append(
        [
          .text(tensor.name), .integer(tensor.elements), .integer(tensor.mismatches), .integer(tensor.ties),
        ] + (isFixedPoint ? [distance?.differing, distance?.most].map { $0.map { .integer($0) } ?? .text("") } : []))
    }
    return table
  }

  package func csv() -> String { table.csv() }

  /// The table, what else was compared, and the verdict in the last line.
  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    text += "proofs    \(grouped(proofs.proved)) of \(grouped(proofs.channels)) channels proved exact\n"
    if let golden {
      text +=
        "golden    \(counted(golden.mismatches, "mismatch", "mismatches")) in \(grouped(golden.elements)) elements"
      text += golden.ties > 0 ? ", \(counted(golden.ties, "tie", "ties"))\n" : "\n"
    }
    if let emitted {
      text += "emitted   "
      text +=
        emitted.ran
        ? "\(counted(emitted.mismatches, "mismatch", "mismatches")) in the compiled C\n" : "the C was not run\n"
    }
    let distances = tensors.compactMap(\.fromExactFunction)
    if !distances.isEmpty {
      let differing = distances.reduce(0) { $0 + $1.differing }
      let of = tensors.reduce(0) { $0 + ($1.fromExactFunction == nil ? 0 : $1.elements) }
      text +=
        "function  the model's fixed-point arithmetic makes \(grouped(differing)) of \(grouped(of)) codes others than "
      text += "the exact functions, by \(distances.map(\.most).max() ?? 0) at most\n"
    }
    for left in notCompared ?? [] { text += "left out  \(left.printable)\n" }
    if let accuracy {
      text += "accuracy  \(fixed(accuracy.reference * 100, decimals: 2)) % reference, "
      text += "\(fixed(accuracy.accelerator * 100, decimals: 2)) % accelerator\n"
    }
    if let firstDifference {
      let index = firstDifference.index.map(String.init).joined(separator: ", ")
      text += "first difference: tensor '\(firstDifference.tensor.printable)' [\(index)], made by layer "
      text += "'\(firstDifference.layer.printable)': "
      text += "\(shown(firstDifference.expected)) in the \(firstDifference.against), "
      text += "\(shown(firstDifference.found)) in the accelerator\n"
    }
    let samples = counted(self.samples, "sample", "samples")
    text += bitExact ? style.green("bit-exact on \(samples)") : style.red("NOT bit-exact on \(samples)")
    return text + "\n"
  }
}

private func counted(_ count: Int, _ one: String, _ many: String) -> String {
  "\(grouped(count)) \(count == 1 ? one : many)"
}

/// A number without a needless point.
private func shown(_ value: Double) -> String {
  Int(exactly: value).map(String.init) ?? "\(value)"
}
