import Diagnostics
import Lowering
import QIR
import Schedule
import Targets

/// A network compiled: checked by the passes, lowered to a proved integer program and scheduled for a target.
package struct Compilation: Sendable {
  /// As it was read.
  package let model: Model
  /// The same with every network input quantized and axes in one order: what the program has to equal, and what the float
  /// reference runs.
  package let reference: Graph
  package var network: LoweredNetwork
  package var schedule: Schedule
  package let target: Accelerator
  /// Warnings and notes.
  package let remarks: [Diagnostic]
}
