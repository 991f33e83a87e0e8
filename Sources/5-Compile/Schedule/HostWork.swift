import IntegerProgram

/// What a schedule leaves to the processor beside the engines, for an input: pooling, sums, requantization of their own, and codes
/// that are copied. What the host computes behind the codes of outputs in floating point is not counted.
package struct HostWork: Hashable, Sendable, Encodable, CustomStringConvertible {
  /// Instructions of the program.
  package var steps = 0
  /// Codes that they read and compute with: a pixel of a pooling window, a term of a sum or product, a product of
  /// matrices' elements, a code that is requantized.
  package var operations = 0
  /// Of codes that only change their place.
  package var bytesCopied = 0

  package init(_ schedule: Schedule) {
    let program = schedule.program
    for (instruction, step) in zip(program.instructions, schedule.steps) {
      guard case .cpu = step else { continue }
      let made = program[instruction.output].shape.elements
      let bytes = made * schedule.storage[instruction.output].type.bytes
      switch instruction {
      case .linear(let layer): operations += layer.shape.macs
      case .combine(let step): operations += made * step.terms.count
      case .matrixProduct(let product): operations += made * product.terms(in: program)
      case .pool(let pool): operations += made * pool.windowRows * pool.windowColumns
      case .requantize: operations += made
      case .move(let move):
        if move.parts.allSatisfy(\.isPlain) { bytesCopied += bytes } else { operations += made }
      case .reshape: continue
      }
      steps += 1
    }
    for output in program.outputs {
      bytesCopied += program[output.tensor].shape.elements * schedule.storage[output.tensor].type.bytes
    }
  }

  package var description: String {
    "\(steps) \(steps == 1 ? "step" : "steps") of \(operations) operations, \(bytesCopied) bytes copied"
  }
}
