/// One engine of an accelerator: its memories and its multipliers.
package struct Engine: Hashable, Sendable {
  package var kind: EngineKind
  /// Zero padding counts: the engine reads it from here.
  package var inputMemory: MapExtents
  /// Accumulators of one output tile.
  package var outputMemory: MapExtents
  package var weightMemory: WeightExtents
  /// Multipliers side by side, one output channel each.
  package var multipliers: Int
  /// Which part of a reduction supplies the N products that a multiplier sums in a cycle.
  package var productsAlong: ProductAxis

  package init(
    kind: EngineKind, inputMemory: MapExtents, outputMemory: MapExtents, weightMemory: WeightExtents, multipliers: Int,
    productsAlong: ProductAxis
  ) {
    self.kind = kind
    self.inputMemory = inputMemory
    self.outputMemory = outputMemory
    self.weightMemory = weightMemory
    self.multipliers = multipliers
    self.productsAlong = productsAlong
  }
}

/// A part of a reduction: the input channels of a tap, or the taps of a channel.
package enum ProductAxis: String, CaseIterable, Hashable, Sendable {
  case inputChannels, kernelTaps
}

/// What an engine computes and how it is driven: everything that other modules ask of a kind of engine.
package struct EngineKind: Sendable {
  /// Which input channels an output channel sums over.
  package enum Reduction: Hashable, Sendable {
    /// All of its group.
    case group
    /// One: output channel = input channel x channel multiplier + pass.
    case ownChannel
  }

  /// In targets and text forms: `conv2D`
  package var name: String
  /// In the thesis' tables: `2DConv`
  package var publishedName: String
  package var reduction: Reduction
  /// Whether feature maps have rows and columns; else a layer sees its input as one pixel.
  package var hasPixels: Bool
  /// Whether pixels of a pointwise layer may be taken in any grouping.
  package var takesRuns: Bool
  /// Its engine in `Runtime/`.
  package var runtime: EngineRuntime

  /// In the order in which targets and reports list them.
  package static let all: [EngineKind] = [conv2D, depthwise, fullyConnected]
}

/// A kind is its name.
extension EngineKind: Hashable, CustomStringConvertible {
  package static func == (first: EngineKind, second: EngineKind) -> Bool { first.name == second.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
  package var description: String { name }
}

/// An engine in C, `st_<symbol>_begin`, `_load<bits>`, `_weights`, `_run` and `_store`: how large its memories are.
package struct EngineRuntime: Sendable {
  /// A memory's extent, or the number of multipliers, as `st_config.h` defines it: `CONV2D_INPUT_ROWS` and how it follows from the
  /// engine.
  package struct Size: Sendable {
    package var name: String
    package var value: @Sendable (Engine) -> Int
  }

  package var symbol: String
  /// What fills a word's lanes.
  package var packs: ProductAxis
  package var sizes: [Size]
  /// Static arrays of the C, each as names in `sizes`, and those on the stack.
  package var memories: [[String]]
  package var registers: [[String]]

  /// What the names of the engine's macros begin with: `CONV2D`
  package var macro: String { symbol.uppercased() }
}
