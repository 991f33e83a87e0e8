import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization
import Schedule
import Targets

/// What the layers of a model do on the accelerator, by the layers' names.
package struct HardwareUse: Sendable {
  /// In the program's order.
  private(set) var linear: [String: [ScheduledLayer]] = [:]
  /// Every sum of a layer's multiplications or of its window.
  private var accumulators: [String: [ClosedRange<Int64>]] = [:]
  let target: Accelerator
  /// Why nothing is known; nil where something is.
  private(set) var note: String?

  /// Of a network that is lowered.
  package init(_ compilation: Compilation) {
    target = compilation.target
    collect(compilation.schedule, layers: Self.layers(of: compilation.imported))
  }

  /// Lowers a network.
  /// - Throws: what is wrong with the target. What keeps the network from being lowered is a note.
  package init(_ model: TypedModel, options: Compilation.Options) throws {
    target = try TargetFile.load(options.target)
    do {
      if let obstacle = model.obstacle { throw obstacle }
      let compilation = try Compilation(model.graph, options: options)
      collect(compilation.schedule, layers: Self.layers(of: model.graph))
    } catch let problem as Diagnostic {
      note = Self.sentence(problem)
    } catch let problems as Diagnostics {
      note = problems.errors.first.map(Self.sentence)
    }
  }

  private mutating func collect(_ schedule: Schedule, layers: [String: String]) {
    for scheduled in schedule.layers {
      if let layer = layers[scheduled.name] { linear[layer, default: []].append(scheduled) }
    }
    for instruction in schedule.program.instructions {
      switch instruction {
      case .linear(let instruction):
        guard let layer = layers[instruction.name] else { continue }
        accumulators[layer, default: []].append(instruction.accumulatorRange)
      case .pool(let instruction):
        guard let layer = layers[instruction.name], case .sum = instruction.kind else { continue }
        accumulators[layer, default: []].append(instruction.accumulatorRange)
      case .sum, .requantize, .concatenate, .pad, .reshape: break
      }
    }
  }

  /// The width that holds every sum of a layer; nil where it makes none.
  func accumulatorBits(of layer: String) -> Int? {
    accumulators[layer]?.map { IntegerType.narrowestSigned(holding: $0).bits }.max()
  }

  /// The layer that each node belongs to.
  static func layers(of graph: Graph) -> [String: String] {
    var names: [String: String] = [:]
    for node in graph.nodes { names[node.name] = node.name }
    for layer in graph.layers {
      for node in layer.nodes { names[graph.nodes[node].name] = layer.name }
    }
    return names
  }

  private static func sentence(_ problem: Diagnostic) -> String {
    (problem.location.layer.map { "layer '\($0)': " } ?? "") + problem.found
  }
}
