import Diagnostics

/// An accelerator as the compiler sees it: engines, multiplier modes and what things cost. A processor alone has none of them.
package struct Accelerator: Hashable, Sendable {
  /// A constant and where it comes from, for people to read.
  package struct Constant: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
      case source(String)
      case assumption(String)
    }

    /// `engines.conv2D.inputMemory`
    package var path: String
    /// `18x18x16`
    package var value: String
    package var origin: Origin
    /// In the target's file.
    package var line: Int
  }

  package var name: String
  package var summary: String
  /// Width of each of a multiplier's two operand ports, in bits.
  package var operandPortBits: Int
  package var modes: [MultiplierMode]
  /// One of each kind, in the kinds' order; none of a processor alone.
  package var engines: [Engine]
  package var cycles: CycleCosts
  /// What the multipliers of the engines' requantizers have, the sign included; nil: as many bits as a network needs.
  package var requantizerBits: Int?
  /// Every constant of the target file in the file's order.
  package var constants: [Constant]
  /// Its name, for messages.
  package var file: String

  /// A processor without an accelerator.
  package static func processor(name: String, summary: String, file: String) -> Accelerator {
    Accelerator(
      name: name, summary: summary, operandPortBits: 0, modes: [], engines: [],
      cycles: CycleCosts(busBytesPerCycle: 1, transferSetup: 0, pipelineFill: 0, requantizedPerCycle: 1, layerSetup: 0),
      constants: [], file: file)
  }

  /// Whether it is a processor alone: all runs without engines.
  package var isProcessor: Bool { engines.isEmpty }

  /// - Throws: `Diagnostic` where there are no engines: what asks speaks of tiles, cycles or multiplier modes.
  package func requireEngines(_ what: String) throws(Diagnostic) {
    try require(
      !isProcessor, "target '\(name)' is a processor without engines", supported: "\(what) of targets with engines",
      fix: "name an accelerator: --target stmac")
  }

  package subscript(kind: EngineKind) -> Engine {
    get { engines[index(of: kind)] }
    set { engines[index(of: kind)] = newValue }
  }

  /// Where a constant stands in the file; 0 for one that stands nowhere.
  package func line(of path: String) -> Int { constants.first { $0.path == path }?.line ?? 0 }

  private func index(of kind: EngineKind) -> Int {
    guard let index = engines.firstIndex(where: { $0.kind == kind }) else {
      preconditionFailure("a target has an engine of every kind")
    }
    return index
  }

  /// The cheapest mode that holds both widths, either way round: least ideal factor, then most products, then the
  /// narrowest operands.
  ///
  /// Operands wider than a port are fed as several limbs of a port's width: the caller passes the limb's width.
  /// - Throws: `Diagnostic` where no mode holds the widths.
  package func mode(
    activationBits: Int, weightBits: Int, layer: String? = nil
  ) throws(Diagnostic) -> MultiplierMode {
    let fitting = modes.filter { activationBits > 0 && weightBits > 0 && $0.holds(activationBits, weightBits) }
    let cheapest = fitting.min {
      ($0.idealFactor, -$0.products, $0.wideBits + $0.narrowBits)
        < ($1.idealFactor, -$1.products, $1.wideBits + $1.narrowBits)
    }
    guard let cheapest else {
      throw Diagnostic(
        "no multiplier mode of target '\(name)' holds a \(activationBits)-bit feature map and \(weightBits)-bit weights",
        at: .init(layer: layer), supported: modes.map(\.name).joined(separator: ", ") + " bits, either way round",
        fix: "quantize both to 1 to \(modes.map(\.narrowBits).max() ?? 0) bits")
    }
    return cheapest
  }

  /// Ideal latency of one tile in the mode for these widths, against 1 on a standard multiplier.
  /// - Throws: `Diagnostic` where no mode holds the widths.
  package func idealFactor(activationBits: Int, weightBits: Int, model: CostModel) throws(Diagnostic) -> Double {
    let mode = try mode(activationBits: activationBits, weightBits: weightBits)
    switch model {
    case .stated:
      return mode.idealFactor
    case .published:
      let featureMapIsWide = activationBits > mode.narrowBits
      return featureMapIsWide ? mode.publishedFactorWideFeatureMap ?? mode.idealFactor : mode.idealFactor
    }
  }
}

/// One configuration of a Sum-Together multiplier: `products` multiplications, summed, per cycle.
package struct MultiplierMode: Hashable, Sendable, CustomStringConvertible {
  package var name: String
  /// Widths of the wider and of the narrower operand, in bits. Either may be the feature map.
  package var wideBits: Int
  package var narrowBits: Int
  /// N: 1, 2 or 4.
  package var products: Int
  /// Ideal latency of a tile against 1 on a standard multiplier, as the text of the source states it.
  package var idealFactor: Double
  /// What the source's tables charge in place of `idealFactor` where the feature map needs the wide operand and the
  /// weights do not; `nil` where text and tables agree.
  package var publishedFactorWideFeatureMap: Double?

  package init(
    name: String, wideBits: Int, narrowBits: Int, products: Int, idealFactor: Double,
    publishedFactorWideFeatureMap: Double? = nil
  ) {
    self.name = name
    self.wideBits = wideBits
    self.narrowBits = narrowBits
    self.products = products
    self.idealFactor = idealFactor
    self.publishedFactorWideFeatureMap = publishedFactorWideFeatureMap
  }

  /// Whether operands of these widths fit, either way round.
  package func holds(_ first: Int, _ second: Int) -> Bool {
    max(first, second) <= wideBits && min(first, second) <= narrowBits
  }

  package var description: String { name }
}

/// Which ideal factors count: those the source's text states, or those its published tables were made with.
package enum CostModel: String, CaseIterable, Hashable, Sendable {
  case stated, published
}

/// Constants of the cycle model, in cycles of the accelerator's clock.
package struct CycleCosts: Hashable, Sendable {
  /// Bytes per cycle, each way: reads and writes do not hinder one another.
  package var busBytesPerCycle: Int
  /// From the start of a DMA transfer to its first bytes.
  package var transferSetup: Int
  /// From a tile's first operands to its first accumulator.
  package var pipelineFill: Int
  /// Accumulators that an engine requantizes per cycle.
  package var requantizedPerCycle: Int
  /// Configuration of an engine for a layer.
  package var layerSetup: Int

  package init(
    busBytesPerCycle: Int, transferSetup: Int, pipelineFill: Int, requantizedPerCycle: Int, layerSetup: Int
  ) {
    self.busBytesPerCycle = busBytesPerCycle
    self.transferSetup = transferSetup
    self.pipelineFill = pipelineFill
    self.requantizedPerCycle = requantizedPerCycle
    self.layerSetup = layerSetup
  }
}
