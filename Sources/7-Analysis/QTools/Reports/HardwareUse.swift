import Compiler
import Diagnostics
import Frontends
import IntegerProgram
import Numbers
import QIR
import Schedule
import Targets

/// What the layers of a model do on the accelerator, by the node of the model that carries a layer's result.
package struct HardwareUse: Sendable {
  /// In the program's order.
  private(set) var linear: [NodeID: [ScheduledLayer]] = [:]
  /// Every sum of a layer's multiplications or of its window.
  private var accumulators: [NodeID: [ClosedRange<Int64>]] = [:]
  let target: Accelerator
  /// Why nothing is known; nil where something is.
  private(set) var note: String?

  /// Of a network that is lowered.
  package init(_ compilation: Compilation) {
    target = compilation.target
    collect(compilation)
  }

  /// Lowers a network.
  /// - Throws: what is wrong with the target. What keeps the network from being lowered is a note.
  package init(_ model: TypedModel, options: Compiler.Options) throws {
    target = try TargetFile.load(options.target)
    do {
      if let obstacle = model.obstacle { throw obstacle }
      collect(try Compiler(options).compile(model.model))
    } catch let problem as Diagnostic {
      note = Self.sentence(problem)
    } catch let problems as Diagnostics {
      note = problems.errors.first.map(Self.sentence)
    }
  }

  private mutating func collect(_ compilation: Compilation) {
    let schedule = compilation.schedule
    for ((instruction, step), layer) in zip(
      zip(schedule.program.instructions, schedule.steps), compilation.layersOfInstructions)
    {
      // What a pass made belongs to no layer.
      guard let layer else { continue }
      switch instruction {
      case .linear(let instruction):
        if case .engine(let tiles) = step {
          linear[layer, default: []].append(ScheduledLayer(instruction: instruction, tiles: tiles))
        }
        accumulators[layer, default: []].append(instruction.accumulatorRange)
      case .pool(let instruction):
        guard case .sum = instruction.kind else { continue }
        accumulators[layer, default: []].append(instruction.accumulatorRange)
      case .matrixProduct(let instruction):
        accumulators[layer, default: []].append(instruction.accumulatorRange)
      case .combine, .requantize, .move, .reshape: break
      }
    }
  }

  /// The width that holds every sum of a layer; nil where it makes none.
  func accumulatorBits(of layer: NodeID) -> Int? {
    accumulators[layer]?.map { IntegerType.narrowestSigned(holding: $0).bits }.max()
  }

  private static func sentence(_ problem: Diagnostic) -> String {
    (problem.location.layer.map { "layer '\($0)': " } ?? "") + problem.found
  }
}

extension Compilation {
  /// By instruction: the node of the model that carries the result of the layer that it belongs to; nil where a pass made it.
  package var layersOfInstructions: [NodeID?] {
    let graph = model.graph
    var layers = graph.nodesByIdentity
    for layer in model.provenance.layers {
      for node in layer.nodes { layers[graph.nodes[node].identity] = layer.output }
    }
    return network.instructionNodes.map { layers[network.graph[$0].identity] }
  }
}
