import Compiler
import Frontends
import IntegerProgram
import Lowering
import Numbers
import Simulator

/// A network from a file, with random codes for its inputs.
struct ModelFile {
  let program: IntegerProgram
  let macs: Int
  private var random = SplitMix(seed: 1)

  init(_ path: String) throws {
    program = try Compiler().compile(try Frontends.read(path)).network.program
    macs = program.instructions.reduce(0) { sum, instruction in
      if case .linear(let linear) = instruction { sum + linear.shape.macs } else { sum }
    }
  }

  /// Codes of `samples` samples, as narrow as the inputs' ranges.
  mutating func inputs(samples: Int) -> [CodeArray] {
    program.inputs.map { input in
      let tensor = program[input]
      let codes = (0..<samples * tensor.shape.elements).map { _ in Int64.random(in: tensor.range, using: &random) }
      switch tensor.range {
      case let range where Int8.min <= range.lowerBound && range.upperBound <= Int8.max:
        return .int8(codes.map(Int8.init))
      case let range where 0 <= range.lowerBound && range.upperBound <= UInt8.max: return .uint8(codes.map(UInt8.init))
      case let range where Int16.min <= range.lowerBound && range.upperBound <= Int16.max:
        return .int16(codes.map(Int16.init))
      default: return .int64(codes)
      }
    }
  }
}
