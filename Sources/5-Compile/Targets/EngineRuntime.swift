/// The C functions of an engine, `st_<symbol>_begin`, `_load<bits>`, `_weights` and `_run`: what they take, and how large the
/// memories of their kernel are.
package struct EngineRuntime: Sendable {
  /// What the schedule of a tile can pass to a function.
  package enum Argument: Hashable, Sendable {
    /// Output pixels.
    case rows, columns
    case outputs
    /// Initial accumulators of the tile's outputs; the distance of one from the next.
    case initial, initialStride
    /// The feature map with a window or run of it; or the input channels alone, for an engine without pixels.
    case window, inputChannels
    case inputs, limb
    /// The block of packed weights; extents of the kernel part; operands that share an output's words, the words, and how many
    /// bits of the block each weight takes.
    case weights, kernelRows, kernelColumns, operands, words, weightBits
    /// All of a pass in one structure.
    case pass
    case mode, wide, shift
  }

  /// A memory's extent as `st_config.h` defines it: `CONV2D_INPUT_ROWS` and how it follows from the engine.
  package struct Size: Sendable {
    package var name: String
    package var value: @Sendable (Engine) -> Int
  }

  package var symbol: String
  /// What fills a word's lanes.
  package var packs: ProductAxis
  package var begin: [Argument]
  package var load: [Argument]
  package var weights: [Argument]
  package var run: [Argument]
  package var sizes: [Size]
  /// Static arrays of the C, each as names in `sizes`, and those on the stack.
  package var memories: [[String]]
  package var registers: [[String]]
  /// The name in `sizes` that bounds the outputs of a tile.
  package var outputLimit: String

  /// What the names of the engine's macros begin with: `CONV2D`
  package var macro: String { symbol.uppercased() }
}
