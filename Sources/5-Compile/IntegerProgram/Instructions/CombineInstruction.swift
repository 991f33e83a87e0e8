import Numbers
import Text

/// Inputs of one shape, element by element: the accumulator is the sum, the product, the largest or the smallest of the terms,
/// each of which is coefficient x code + offset.
package struct CombineInstruction: Hashable, Sendable, InstructionKind {
  package enum Operation: String, CaseIterable, Hashable, Sendable {
    case sum, product, maximum, minimum
  }

  package struct Term: Hashable, Sendable {
    package var input: TensorID
    package var coefficients: PerChannel<Int64>
    package var offsets: PerChannel<Int64>

    package init(input: TensorID, coefficients: PerChannel<Int64> = [1], offsets: PerChannel<Int64> = [0]) {
      self.input = input
      self.coefficients = coefficients
      self.offsets = offsets
    }

    /// How many channels have numbers of their own: 1 where all share them.
    package var channels: Int { max(coefficients.count, offsets.count) }
  }

  package var name: String
  package var operation: Operation
  package var terms: [Term]
  package var output: TensorID
  /// Of the accumulators, and of what they are made of on the way.
  package var accumulatorRange: CodeRange
  package var stage: OutputStage

  package init(
    name: String, operation: Operation, terms: [Term], output: TensorID, accumulatorRange: CodeRange, stage: OutputStage
  ) {
    self.name = name
    self.operation = operation
    self.terms = terms
    self.output = output
    self.accumulatorRange = accumulatorRange
    self.stage = stage
  }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    writer.write("coefficients", terms.map(\.coefficients), unless: terms.map { _ in [1] })
    writer.write("offsets", terms.map(\.offsets), unless: terms.map { _ in [0] })
    writer.write("accumulator", accumulatorRange)
    writer.write(stage)
  }

  init(_ reader: inout InstructionReader, _ operation: Operation) throws {
    let coefficients: [PerChannel<Int64>] = try reader.numbers("coefficients", default: [1])
    let offsets: [PerChannel<Int64>] = try reader.numbers("offsets", default: [0])
    self.init(
      name: reader.name, operation: operation,
      terms: reader.inputs.indices.map {
        Term(input: reader.inputs[$0], coefficients: coefficients[$0], offsets: offsets[$0])
      },
      output: reader.output, accumulatorRange: try reader.attributes.read("accumulator"), stage: try reader.stage())
  }

  /// Bounds of the accumulators for terms with these ranges of codes, of all channels or of each.
  package func accumulatorBounds(ranges: [CodeRange]) -> PerChannel<AccumulatorBounds> {
    operation.bounds(of: terms, ranges: ranges)
  }

  var inputs: [TensorID] { terms.map(\.input) }
  var mnemonic: String { operation.rawValue }

  func verify(by verifier: inout ProgramVerifier) {
    let output = verifier.program[self.output]
    guard verifier.require(!terms.isEmpty, "a \(mnemonic) of nothing") else { return }
    for term in terms {
      verifier.requireShape(output.shape, of: verifier.program[term.input])
      let counts = [term.coefficients.count, term.offsets.count]
      guard
        verifier.require(
          counts.allSatisfy { $0 == 1 || $0 == output.shape.channels },
          "\(counts[0]) coefficients and \(counts[1]) offsets", tensor: verifier.program[term.input].name,
          supported: "1, or one per channel (\(output.shape.channels))")
      else { return }
    }
    let bounds = accumulatorBounds(ranges: terms.map { verifier.program[$0.input].range })
    for bounds in bounds {
      guard verifier.requireAccumulators(bounds, in: accumulatorRange) else { return }
    }
    verifier.verify(stage, accumulators: bounds.map(\.final), output: output)
  }
}

extension CombineInstruction.Term {
  /// Of codes of this range, as far as 64 bits hold them.
  func values(of codes: CodeRange, channel: Int) -> ClosedRange<Int128> {
    codes.wide.scaled(by: Int128(coefficients[channel])).shifted(by: Int128(offsets[channel])).within64Bits
  }
}

extension CombineInstruction.Operation {
  /// Bounds of what is made of terms with these ranges of codes, of all channels or of each.
  package func bounds(
    of terms: [CombineInstruction.Term], ranges: [CodeRange]
  ) -> PerChannel<AccumulatorBounds> {
    let same = terms.map { term in terms.firstIndex(of: term) ?? 0 }
    return PerChannel(channels: terms.map(\.channels).max() ?? 1) { channel in
      let values = zip(terms, ranges).map { $0.values(of: $1, channel: channel) }
      return switch self {
      case .sum: values.reduce(into: AccumulatorBounds(initial: 0)) { $0.add($1) }
      case .product: AccumulatorBounds(productOf: values, same: same)
      case .maximum: AccumulatorBounds(oneOf: values, by: max)
      case .minimum: AccumulatorBounds(oneOf: values, by: min)
      }
    }
  }
}

extension AccumulatorBounds {
  /// Of a product, one factor after another.
  ///
  /// - Parameter same: by factor: the first one that has the same value always.
  fileprivate init(productOf values: [ClosedRange<Int128>], same: [Int]) {
    var prefix: ClosedRange<Int128> = 1...1
    partial = 1...1
    for value in values {
      prefix = prefix.times(value)
      partial = partial.hull(with: prefix)
    }
    // An even number of equal factors is never negative.
    final = values.indices.filter { same[$0] == $0 }.reduce(1...1) { product, index in
      let power = same.filter { $0 == index }.reduce(1...1 as ClosedRange<Int128>) { made, _ in
        made.times(values[index])
      }
      let isEven = same.count { $0 == index }.isMultiple(of: 2)
      return product.times(isEven ? max(power.lowerBound, 0)...max(power.upperBound, 0) : power)
    }
  }

  /// Of the largest or the smallest.
  fileprivate init(oneOf values: [ClosedRange<Int128>], by choose: (Int128, Int128) -> Int128) {
    partial = values.hull() ?? 0...0
    final = values.dropFirst().reduce(values[0]) {
      choose($0.lowerBound, $1.lowerBound)...choose($0.upperBound, $1.upperBound)
    }
  }
}

extension ClosedRange<Int128> {
  /// What lies beyond 64 bits is there still, and products of two such and sums of many fit.
  fileprivate var within64Bits: ClosedRange<Int128> {
    let bounds = -(Int128(1) << 63)...(Int128(1) << 63)
    return lowerBound.clamped(to: bounds)...upperBound.clamped(to: bounds)
  }

  func times(_ other: ClosedRange<Int128>) -> ClosedRange<Int128> {
    let products = [lowerBound, upperBound].flatMap { [$0 * other.lowerBound, $0 * other.upperBound] }
    return (products.hull() ?? 0...0).within64Bits
  }
}
