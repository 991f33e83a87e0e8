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
    simulate(
      work, loops: work.map { KernelLoops($0, costs: accelerator.cycles) }, doubleBuffered: doubleBuffered)
  }

  /// Tiles whose kernels' loops were counted.
  package func simulate(_ work: [TileWork], loops: [KernelLoops], doubleBuffered: Bool) -> SimulatedCycles {
    var layer = LayerSimulator(
      work: work, loops: loops, setup: accelerator.cycles.layerSetup, doubleBuffered: doubleBuffered)
    return layer.run()
  }
}

/// Everything that a layer costs, in both views of time.
package struct LayerCost: Hashable, Sendable {
  package var engine: EngineKind
  package var mode: MultiplierMode
  package var tiles: Int
  package var macs: Int
  package var traffic: Traffic
  package var ideal: IdealLatency
  /// With double buffering.
  package var standard: SimulatedCycles
  package var reconfigurable: SimulatedCycles
  /// Without.
  package var standardSequential: SimulatedCycles
  package var reconfigurableSequential: SimulatedCycles
  /// The part of the products that the engine's multipliers could have made in the reconfigurable, double-buffered
  /// cycles and that the layer needed, 0 to 1.
  package var utilization: Double

  /// - Throws: `Diagnostic` where no mode of the accelerator holds the layer's widths.
  package init(
    of shape: LinearLayerShape, nest: TileNest, on accelerator: Accelerator, model: CostModel
  ) throws(Diagnostic) {
    let problem = TilingProblem(shape: shape, accelerator: accelerator)
    let simulator = CycleSimulator(accelerator: accelerator)
    mode = try accelerator.mode(activationBits: shape.modeActivationBits, weightBits: shape.modeWeightBits)
    engine = shape.engine
    tiles = nest.tileCount
    macs = shape.macs
    traffic = problem.traffic(of: nest)
    ideal = try IdealLatency(tiles: tiles, shape: shape, accelerator: accelerator, model: model)
    let plain = problem.work(of: nest, products: 1)
    let together = mode.products == 1 ? plain : problem.work(of: nest, products: mode.products)
    standard = simulator.simulate(plain, doubleBuffered: true)
    standardSequential = simulator.simulate(plain, doubleBuffered: false)
    reconfigurable = simulator.simulate(together, doubleBuffered: true)
    reconfigurableSequential = simulator.simulate(together, doubleBuffered: false)
    utilization = reconfigurable.utilization(
      macs: shape.macs, multipliers: problem.engine.multipliers, products: mode.products)
  }
}
