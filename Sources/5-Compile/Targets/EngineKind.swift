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
  /// How the kernel in `Runtime/` is called.
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
