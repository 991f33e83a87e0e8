import Compiler
import CycleSimulator
import Frontends
import Numbers
import Performance
import Schedule
import Targets
import Testing
import TestSupport
import Tiling
import TilingTestSupport

/// The kernels for synthesis (`Runtime/hls`), compiled with the types of both tools: what they compute is what the runtime's engines
/// compute, and the turns of their loops are those of the cycle model.
@Suite(.enabled(if: KernelBench.Tool.areInstalled, "no hls4ml and g++: scripts/prepare.sh --tests"))
struct KernelTests {
  /// `make check-kernels` takes both targets and all tools, which cost seconds each to compile.
  private static let takesAll = Repository.tries(0) > 0

  /// The thesis' networks, every layer: turns, and cycles made of them.
  @Test(arguments: takesAll ? ["stmac", "stmac-small"] : ["stmac"], takesAll ? KernelBench.Tool.allCases : [.catapult])
  func cyclesAreTheModels(target: String, tool: KernelBench.Tool) throws {
    let accelerator = try TargetFile.load(target)
    let bench = try KernelBench(tool, for: accelerator)
    let simulator = CycleSimulator(accelerator: accelerator)
    for network in try Self.networks(on: accelerator) {
      let counts = try counted(network.layers, by: bench)
      var totals = [0, 0]
      for layer in network.layers {
        let work = layer.work
        let loops = zip(layer.tiles, work).map { tile, work in
          KernelLoops(work, costs: accelerator.cycles).counted(counts[layer.kernelTile(tile)], of: tile)
        }
        totals[0] += simulator.simulate(work, loops: loops, doubleBuffered: true).total
        totals[1] += simulator.simulate(work, loops: loops, doubleBuffered: false).total
      }
      #expect(totals == network.cycles && totals[0] > 0, "\(network.name)")
    }
  }

  /// The networks' layers, and what `tile-report` says of their cycles, with double buffering and without. Where the models' files are
  /// not, their shapes are known.
  private static func networks(
    on accelerator: Accelerator
  ) throws -> [(name: String, layers: [Layer], cycles: [Int])] {
    guard let models = Repository.models else {
      return try ReferenceNetwork.all.map { network in
        let layers = try network.layers.map { try Layer($0, on: accelerator) }
        let costs = try layers.map {
          try LayerCost(of: $0.problem.shape, nest: $0.nest, on: accelerator, model: .stated)
        }
        let cycles = [costs.map(\.reconfigurable.total), costs.map(\.reconfigurableSequential.total)]
        return (network.name, layers, cycles.map { $0.reduce(0, +) })
      }
    }
    var compiler = try Compiler()
    compiler.target = accelerator
    return try ["dscnn_kws", "fcae_ad", "mobilenet_vww", "resnet8_ic"].map { name in
      let schedule = try compiler.compile(Frontends.read("\(models)/qkeras/\(name)_affine.h5")).schedule
      let totals = try TileReport(schedule, model: .stated).totals
      return (
        name, schedule.layers.map { Layer($0, on: accelerator) },
        [totals.cyclesReconfigurable, totals.cyclesReconfigurableSequential]
      )
    }
  }

  /// Layers of every kind on memories of odd sizes, with less multipliers than outputs.
  @Test(arguments: takesAll ? KernelBench.Tool.allCases : [.vitis, .esp])
  func randomTiles(tool: KernelBench.Tool) throws {
    var accelerator = try TargetFile.load("stmac")
    accelerator[.conv2D].inputMemory = MapExtents(rows: 7, columns: 6, channels: 5)
    accelerator[.conv2D].outputMemory = MapExtents(rows: 4, columns: 5, channels: 6)
    accelerator[.conv2D].weightMemory = WeightExtents(
      kernelRows: 3, kernelColumns: 2, inputChannels: 5, outputChannels: 6)
    accelerator[.conv2D].multipliers = 4
    accelerator[.depthwise].inputMemory = MapExtents(rows: 7, columns: 9, channels: 7)
    accelerator[.depthwise].outputMemory = MapExtents(rows: 5, columns: 4, channels: 7)
    accelerator[.depthwise].weightMemory = WeightExtents(
      kernelRows: 3, kernelColumns: 5, inputChannels: 7, outputChannels: 1)
    accelerator[.depthwise].multipliers = 5
    accelerator[.fullyConnected].inputMemory.channels = 30
    accelerator[.fullyConnected].weightMemory = WeightExtents(
      kernelRows: 1, kernelColumns: 1, inputChannels: 30, outputChannels: 9)
    accelerator[.fullyConnected].outputMemory.channels = 9
    var generator = SplitMix(seed: 7)
    var layers: [Layer] = []
    for _ in 0..<200 {
      var shape = TilingProblem.random(largest: 12, memories: 1...5, using: &generator).shape
      if generator.next() % 4 == 0 { shape.outputBits = Int(generator.next() % 48) + 17 }
      layers.append(try Layer(shape, on: accelerator))
    }
    let counts = try counted(layers, by: KernelBench(tool, for: accelerator))
    #expect(counts.count > 500)
  }

  private struct Layer {
    let problem: TilingProblem
    let mode: MultiplierMode
    let costs: CycleCosts
    let nest: TileNest
    let tiles: [Tile]

    init(_ shape: LinearLayerShape, on accelerator: Accelerator) throws {
      problem = TilingProblem(shape: shape, accelerator: accelerator)
      mode = try accelerator.mode(activationBits: shape.modeActivationBits, weightBits: shape.modeWeightBits)
      costs = accelerator.cycles
      nest = try problem.solve().nest
      tiles = nest.tiles(of: shape)
    }

    init(_ layer: ScheduledLayer, on accelerator: Accelerator) {
      problem = TilingProblem(shape: layer.shape, accelerator: accelerator)
      mode = layer.mode
      costs = accelerator.cycles
      nest = layer.nest
      tiles = nest.tiles(of: layer.shape)
    }

    var work: [TileWork] { problem.work(of: nest, products: mode.products) }

    func kernelTile(_ tile: Tile) -> KernelTile { KernelTile(tile, of: problem.shape, mode: mode) }

    /// Of a tile that loads both operands and stores.
    func loops(_ tile: Tile) -> KernelLoops {
      var whole = tile
      (whole.loadsInput, whole.loadsWeights, whole.finishesAccumulation) = (true, true, true)
      return KernelLoops(problem.work(of: whole, products: mode.products), costs: costs)
    }
  }

  /// Runs each geometry that the layers' tiles have once; all of it is exact, within the memories' ports, and in as many turns as the
  /// description says.
  private func counted(_ layers: [Layer], by bench: KernelBench) throws -> [KernelTile: KernelBench.Count] {
    var expected: [KernelTile: KernelLoops] = [:]
    var order: [KernelTile] = []
    for layer in layers {
      for tile in layer.tiles where expected[layer.kernelTile(tile)] == nil {
        expected[layer.kernelTile(tile)] = layer.loops(tile)
        order.append(layer.kernelTile(tile))
      }
    }
    let counts = try bench.count(order)
    for (tile, count) in zip(order, counts) {
      let loops = expected[tile]
      #expect(
        count
          == KernelBench.Count(
            input: loops?.input.turns ?? 0, weights: loops?.weights.turns ?? 0, compute: loops?.compute.turns ?? 0,
            store: loops?.store.turns ?? 0, conflicts: 0, differences: 0), "\(tile.line)")
    }
    return Dictionary(uniqueKeysWithValues: zip(order, counts))
  }
}

extension KernelLoops {
  /// With turns as they were counted of a tile that does all; this one may find operands in the memories, and may not store.
  fileprivate func counted(_ count: KernelBench.Count?, of tile: Tile) -> KernelLoops {
    var loops = self
    loops.input.turns = tile.loadsInput ? count?.input ?? 0 : 0
    loops.weights.turns = tile.loadsWeights ? count?.weights ?? 0 : 0
    loops.compute.turns = count?.compute ?? 0
    loops.store.turns = tile.finishesAccumulation ? count?.store ?? 0 : 0
    return loops
  }
}
