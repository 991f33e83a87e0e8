import Diagnostics
import IntegerProgram
import Targets
import Tiling

/// A linear layer on an engine: the multiplier mode and the loops over its tiles.
package struct TiledLayer: Hashable, Sendable {
  /// The layer's, with the width of the codes that it stores.
  package var shape: LinearLayerShape
  package var mode: MultiplierMode
  package var nest: TileNest

  package init(shape: LinearLayerShape, mode: MultiplierMode, nest: TileNest) {
    self.shape = shape
    self.mode = mode
    self.nest = nest
  }

  /// - Throws: `Diagnostics` where no mode holds the layer's widths, or its tiles are too many.
  init(_ layer: LinearInstruction, output: ProgramTensor, on accelerator: Accelerator) throws {
    shape = layer.shape
    shape.outputBits = output.type.bits
    mode = try accelerator.mode(
      activationBits: shape.modeActivationBits, weightBits: shape.modeWeightBits, layer: layer.name)
    nest = try TilingProblem(shape: shape, accelerator: accelerator).solve(layer: layer.name).nest
  }
}

/// A linear instruction beside its tiles.
package struct ScheduledLayer: Sendable {
  package var instruction: LinearInstruction
  package var tiles: TiledLayer

  package var name: String { instruction.name }
  package var shape: LinearLayerShape { tiles.shape }
  package var mode: MultiplierMode { tiles.mode }
  package var nest: TileNest { tiles.nest }

  package init(instruction: LinearInstruction, tiles: TiledLayer) {
    self.instruction = instruction
    self.tiles = tiles
  }
}
