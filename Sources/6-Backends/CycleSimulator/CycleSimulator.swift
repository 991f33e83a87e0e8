import Diagnostics
import Targets
import Tiling

/// The time that layers take on an accelerator, simulated. Time does not depend on data: once per layer is enough.
package struct CycleSimulator: Sendable {
  package var accelerator: Accelerator

  package init(accelerator: Accelerator) {
    self.accelerator = accelerator
  }

  /// Standard multipliers make one product per cycle in every mode; reconfigurable ones those of the layer's mode.
  package enum Multipliers: String, CaseIterable, Hashable, Sendable {
    case standard, reconfigurable
  }

  /// - Throws: `Diagnostic` where no mode of the accelerator holds the layer's widths.
  package func products(of shape: LinearLayerShape, on multipliers: Multipliers) throws(Diagnostic) -> Int {
    let mode = try accelerator.mode(activationBits: shape.modeActivationBits, weightBits: shape.modeWeightBits)
    switch multipliers {
    case .standard: return 1
    case .reconfigurable: return mode.products
    }
  }

  /// Runs one layer's tiles.
  /// - Throws: `Diagnostic` where no mode of the accelerator holds the layer's widths.
  package func simulate(
    _ nest: TileNest, of shape: LinearLayerShape, multipliers: Multipliers, doubleBuffered: Bool
  ) throws(Diagnostic) -> SimulatedCycles {
    let problem = TilingProblem(shape: shape, accelerator: accelerator)
    let work = problem.work(of: nest, products: try products(of: shape, on: multipliers))
    return simulate(work, doubleBuffered: doubleBuffered)
  }

  package func simulate(_ work: [TileWork], doubleBuffered: Bool) -> SimulatedCycles {
    var layer = LayerSimulator(work: work, costs: accelerator.cycles, doubleBuffered: doubleBuffered)
    return layer.run()
  }
}
