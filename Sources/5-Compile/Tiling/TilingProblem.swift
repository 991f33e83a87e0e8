import Diagnostics
import Targets

/// A layer and the engine that has to hold its tiles. `check` says whether the question makes sense, `TilingSolver`
/// answers it, and `verify` judges any answer, the solver's or another's.
package struct TilingProblem: Hashable, Sendable {
  package var shape: LinearLayerShape
  package var engine: Engine

  package init(shape: LinearLayerShape, engine: Engine) {
    self.shape = shape
    self.engine = engine
  }

  package init(shape: LinearLayerShape, accelerator: Accelerator) {
    self.init(shape: shape, engine: accelerator[shape.engine])
  }

  /// Input and output channels, and pixels, that fit one tile in all memories at once.
  var inputChannelLimit: Int { min(engine.inputMemory.channels, engine.weightMemory.inputChannels) }
  var outputChannelLimit: Int {
    shape.engine.reduction == .ownChannel
      ? min(inputChannelLimit, engine.outputMemory.channels)
      : min(engine.outputMemory.channels, engine.weightMemory.outputChannels)
  }

  /// More tiles are refused as a mistake, so that no solver runs for minutes.
  static let tileLimit = 1 << 20

  /// - Throws: `Diagnostics` with everything that is wrong with the shape; `layer` names it in them.
  package func check(layer: String? = nil) throws(Diagnostics) {
    try shape.check(layer: layer)
    guard engine.kind == shape.engine else {
      throw Diagnostics([
        Diagnostic("a \(shape.engine.name) layer on a \(engine.kind.name) engine", at: .init(layer: layer))
      ])
    }
  }
}
