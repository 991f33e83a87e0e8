import Compiler
import CycleSimulator
import Exploration
import QIR
import QTools
import Schedule
import Targets
import Tiling

/// What every point of a space costs, known before any is evaluated: a layer's tiles depend on the widths of its weights, of the
/// map that it reads and of the map that it makes.
package struct CostTable: Sendable {
  package let function: SeparableFunction

  /// - Parameters:
  ///   - compilation: of any point's network: its layers are those of all others.
  package init(_ kind: Costs.Kind, of space: WidthSpace, like compilation: Compilation) throws {
    switch kind {
    case .bits: function = Self.bits(of: space)
    case .ideal, .cycles, .energy, .bytes:
      let layers = Self.layers(of: compilation, in: space)
      let energy = try EnergyModel.horowitz()
      function = SeparableFunction(
        try layers.map { layer in
          try Self.term(layer, in: space) { try Self.cost(kind, of: $0, on: compilation.target, energy) }
        })
    }
  }

  /// A layer on the engines, and the variables that its shape depends on.
  private struct Layer {
    var scheduled: ScheduledLayer
    var weights: Int
    var input: Int
    /// nil where its sums leave it as they are.
    var output: Int?
  }

  private static func layers(of compilation: Compilation, in space: WidthSpace) -> [Layer] {
    let network = space.network
    let nodes = network.graph.nodesByIdentity
    let graph = compilation.model.graph
    var behind: [NodeID: NodeID] = [:]
    for map in network.maps {
      var id = map
      while !(network.graph[id].op is any LinearOperator), let first = network.graph[id].inputs.first { id = first }
      // The nearest map is what the layer's sums become.
      if behind[id] == nil { behind[id] = map }
    }
    let owners = zip(
      zip(compilation.schedule.program.instructions, compilation.schedule.steps), compilation.layersOfInstructions)
    return owners.compactMap { step, owner in
      guard case (.linear(let instruction), .engine(let tiles)) = step, let owner,
        let id = nodes[graph[owner].identity], let input = network.mapsRead(by: id).first,
        let weights = space.weightVariables[network.graph[id].name],
        let map = space.mapVariables[network.graph[input].name]
      else { return nil }
      return Layer(
        scheduled: ScheduledLayer(instruction: instruction, tiles: tiles), weights: weights, input: map,
        output: behind[id].flatMap { space.mapVariables[network.graph[$0].name] })
    }
  }

  private static func term(
    _ layer: Layer, in space: WidthSpace, _ cost: (ScheduledLayer) throws -> Double
  ) rethrows -> SeparableFunction.Term {
    let scope = Set([layer.weights, layer.input] + (layer.output.map { [$0] } ?? [])).sorted()
    return try SeparableFunction.Term(scope, in: space.space) { choices in
      func bits(_ variable: Int) -> Int {
        space.space.variables[variable].choices[choices[scope.firstIndex(of: variable) ?? 0]]
      }
      var scheduled = layer.scheduled
      scheduled.tiles.shape.weightBits = bits(layer.weights)
      scheduled.tiles.shape.activationBits = bits(layer.input)
      if let output = layer.output { scheduled.tiles.shape.outputBits = bits(output) }
      return try cost(scheduled)
    }
  }

  private static func cost(
    _ kind: Costs.Kind, of layer: ScheduledLayer, on target: Accelerator, _ energy: EnergyModel
  ) throws -> Double {
    var layer = layer
    let shape = layer.shape
    layer.tiles.mode = try target.mode(activationBits: shape.modeActivationBits, weightBits: shape.modeWeightBits)
    switch kind {
    case .ideal:
      return try IdealLatency(
        tiles: layer.nest.tileCount, shape: shape, accelerator: target, model: .stated
      ).reconfigurable
    case .cycles:
      return Double(
        try CycleSimulator(accelerator: target).simulate(
          layer.nest, of: shape, multipliers: .reconfigurable, doubleBuffered: true
        ).total)
    case .bytes: return Double(TilingProblem(shape: shape, accelerator: target).traffic(of: layer.nest).total)
    case .energy:
      let traffic = TilingProblem(shape: shape, accelerator: target).traffic(of: layer.nest)
      return energy.energy(of: layer, moving: traffic).total
    case .bits: return 0
    }
  }

  /// Eq. 2.4 of the thesis.
  private static func bits(of space: WidthSpace) -> SeparableFunction {
    let graph = space.network.graph
    let numbers = space.decisions.map { decision in
      switch decision {
      case .weights(let name):
        graph.nodes.first { $0.name == name }.map { ($0.op as? any LinearOperator)?.kernel.elements ?? 0 } ?? 0
      case .maps(let names):
        graph.nodes.filter { names.contains($0.name) }.reduce(0) { $0 + $1.shape.elements }
      }
    }
    return SeparableFunction(
      space.space.variables.indices.map { variable in
        SeparableFunction.Term([variable], in: space.space) {
          Double(numbers[variable] * space.space.variables[variable].choices[$0[0]])
        }
      })
  }
}
