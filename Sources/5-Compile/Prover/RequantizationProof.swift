import IntegerProgram
import Numbers
import Threads

/// The requantization of a layer with its proof: each channel's integer function equals its ideal function for every
/// accumulator that the channel can reach.
package struct RequantizationProof {
  /// One ideal function per channel, or one for all.
  let ideals: [IdealFunction]
  /// What each channel's accumulator can reach.
  let accumulators: PerChannel<CodeRange>
  /// Whether there may be quotients, which no engine has.
  let mayDivide: Bool
  private let memory: ProofMemory?

  /// - Parameter memory: where affine requantizers are looked up first.
  package init(
    ideals: [IdealFunction], accumulators: PerChannel<CodeRange>, mayDivide: Bool = false, memory: ProofMemory? = nil
  ) {
    self.ideals = ideals
    self.accumulators = accumulators
    self.mayDivide = mayDivide
    self.memory = memory
  }

  package struct Result: Sendable {
    package var requantization: Requantization
    /// The channels that could not be proved.
    package var unproved: [Int]
    /// What the widest multiplier has where that is more than it may have, and no table is small enough.
    package var multiplierBits: Int?
  }

  package var result: Result { affine ?? quotients ?? tables }

  /// With multipliers of no more than `bits` bits, sign included, or tables where codes have 8 bits at most.
  package func result(multiplierBits bits: Int) -> Result {
    let widest = { (result: Result) in result.requantization.channels.compactMap(\.multiplierBits).max() ?? 0 }
    guard let affine, widest(affine) > bits else { return result }
    if let narrow = self.affine({ $0.requantizer(multiplierBits: bits) }), widest(narrow) <= bits { return narrow }
    if affine.requantization.clamp.count <= Self.mostCodes {
      let tables = tables
      if tables.unproved.isEmpty { return tables }
    }
    return Result(requantization: affine.requantization, unproved: [], multiplierBits: widest(affine))
  }

  private static let mostCodes = 256

  /// nil where a channel has no such requantizer.
  private var affine: Result? {
    guard let memory else { return affine { $0.requantizer } }
    return memory.result(of: Question(channels: ideals.map(\.form), accumulators: accumulators)) {
      affine { memory.requantizer(of: $0) }
    }
  }

  /// All that affine requantizers follow from.
  struct Question: Hashable, Sendable {
    let channels: [IdealFunction.Form]
    let accumulators: PerChannel<CodeRange>
  }

  private func affine(_ requantizer: @escaping @Sendable (AffineProof) -> AffineRequantizer?) -> Result? {
    let affines = ideals.map(\.affine)
    guard let clamp = affines.first??.clamp, affines.allSatisfy({ $0?.clamp == clamp }) else { return nil }
    let accumulators = accumulators
    let requantizers = concurrently(ideals.count, threads: min(processorCount, ideals.count / 32)) { channel in
      affines[channel].flatMap { requantizer(AffineProof(ideal: $0, accumulators: accumulators[channel])) }
    }
    guard requantizers.allSatisfy({ $0 != nil }) else { return nil }
    return Result(
      requantization: Requantization(
        channels: PerChannel(requantizers.compactMap { $0.map(Requantizer.affine) }), clamp: clamp),
      unproved: [])
  }

  /// The ideal functions themselves, where tables would be long; nil where their numbers are too large.
  private var quotients: Result? {
    let affines = ideals.compactMap { $0.affine?.roundingHalfEven }
    guard mayDivide, let clamp = affines.first?.clamp, clamp.count > Self.mostCodes, affines.count == ideals.count,
      affines.allSatisfy({ $0.clamp == clamp })
    else { return nil }
    let requantizers = affines.enumerated().compactMap { channel, affine in
      QuotientRequantizer(affine, accumulators: accumulators[channel])
    }
    guard requantizers.count == ideals.count else { return nil }
    return Result(
      requantization: Requantization(channels: PerChannel(requantizers.map(Requantizer.quotient)), clamp: clamp),
      unproved: [])
  }

  private var tables: Result {
    let tables = ideals.indices.map { TableProof(ideal: ideals[$0], accumulators: accumulators[$0]).table }
    let range = ideals.map(\.tail.quantizer.format.range).hull() ?? 0...0
    return Result(
      requantization: Requantization(
        channels: PerChannel(
          tables.map { .table($0 ?? ThresholdTable(thresholds: [], codes: [range.lowerBound])) }), clamp: range),
      unproved: tables.indices.filter { tables[$0] == nil })
  }
}

extension QuotientRequantizer {
  /// The very function, over the one denominator of its numbers.
  fileprivate init?(_ ideal: IdealFunction.Affine, accumulators: CodeRange) {
    guard let unit = Rational.unit(of: [ideal.scale, ideal.shift, .one]), let divisor = (.one / unit).int64,
      let multiplier = (ideal.scale / unit).int64, let addend = (ideal.shift / unit).int64
    else { return nil }
    self.init(multiplier: multiplier, addend: addend, divisor: divisor, offset: ideal.offset)
    guard case .success = codes(of: accumulators) else { return nil }
  }
}

extension Requantizer {
  fileprivate var multiplierBits: Int? { if case .affine(let affine) = self { affine.multiplierBits } else { nil } }
}
