import IntegerProgram
import Numbers
import QIR

/// Sums that one quantizer alone reads: it emits their instruction, with its requantization as the last stage.
struct PendingSums {
  enum Kind {
    case linear(LinearInstruction)
    case sum(SumInstruction)
    /// The sums of windows, with the numbers of pixels that lie inside them.
    case pool(PoolInstruction, pixels: Set<Int>)
  }

  var kind: Kind
  /// Whose sums they are.
  var node: NodeID
  /// What the sums can reach.
  var reach: PerChannel<CodeRange>

  var output: TensorID {
    switch kind {
    case .linear(let linear): linear.output
    case .sum(let sum): sum.output
    case .pool(let pool, _): pool.output
    }
  }

  /// The program's instruction: `stage` is asked for what becomes of the sums, of windows for each number of pixels inside.
  func emitted(_ stage: (_ pixels: Int?) throws -> OutputStage) rethrows -> Instruction {
    switch kind {
    case .linear(var linear):
      linear.stage = try stage(nil)
      return .linear(linear)
    case .sum(var sum):
      sum.stage = try stage(nil)
      return .sum(sum)
    case .pool(var pool, let pixels):
      pool.kind = .sum(stages: Dictionary(uniqueKeysWithValues: try pixels.sorted().map { ($0, try stage($0)) }))
      return .pool(pool)
    }
  }
}
