import Diagnostics
import QIR

/// A model to be looked at for its types.
package struct TypedModel: Sendable {
  /// Where it cannot be compiled an outline (see `ModelFile`).
  package let model: Model
  /// Why it cannot be compiled, where that is known already.
  package let obstacle: Diagnostics?
}
