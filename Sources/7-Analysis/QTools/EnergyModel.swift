import Libc
import Quantization
import Targets

/// What operations and memory accesses cost, in pJ (`qenergy.py`).
package struct EnergyModel: Sendable {
  package enum Memory: String, CaseIterable, Hashable, Sendable {
    case sram, dram
    /// Inside the multipliers: costs nothing.
    case fixed
  }

  package struct Options: Sendable {
    package var weightsOn = Memory.sram
    package var activationsOn = Memory.sram
    /// No SRAM is smaller, in bits.
    package var minimumSRAMBits = 8 * 16 * 1024 * 1024
    /// Whether the network's inputs and outputs go through DRAM.
    package var usesIO = false

    package init() {}
  }

  package let process: EnergyProcess
  package let options: Options

  package init(process: EnergyProcess, options: Options) {
    self.process = process
    self.options = options
  }

  /// Reading or writing.
  /// - Parameters:
  ///   - bits: what is moved.
  ///   - capacity: what the memory holds, where that is not the same.
  package func access(_ bits: Double, of capacity: Double? = nil, in memory: Memory) -> Double {
    let size = log2(max(capacity ?? bits, Double(options.minimumSRAMBits)))
    let words = (bits / Double(process.sramWordBits)).rounded(.up)
    switch memory {
    case .sram: return words * process.sramRead(size)
    case .dram: return process.dramRead(bits) + (options.usesIO ? words * process.sramRead(size) : 0)
    case .fixed: return 0
    }
  }

  /// Where a feature map lies: what goes in and out of the network lies outside with `usesIO`, and else in SRAM.
  package func featureMapMemory(isNetworkBoundary: Bool) -> Memory {
    isNetworkBoundary ? (options.usesIO ? .dram : .sram) : options.activationsOn
  }

  /// An operation on numbers of a type: what is no multiplication is charged as an addition; in floating point what is no
  /// addition as a multiplication.
  package func operation(_ implementation: Operation.Implementation, on type: DataType, bits: Double) -> Double {
    guard type.isFloatingPoint else {
      return implementation == .mul ? process.fixedPointMultiply(bits) : process.fixedPointAdd(bits)
    }
    switch (type.bits, implementation) {
    case (...16, .add): return process.float16Add(bits)
    case (...16, _): return process.float16Multiply(bits)
    case (_, .add): return process.float32Add(bits)
    case (_, _): return process.float32Multiply(bits)
    }
  }

  func operation(_ operation: Operation) -> Double {
    operation.gateFactor
      * self.operation(operation.implementation, on: operation.output, bits: operation.gateBits)
  }
}
