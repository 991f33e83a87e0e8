import Diagnostics

/// A model file of one format, open: whatever is asked of it, it is read once.
package protocol ModelFile: Sendable {
  /// For help, with its article: `an ONNX`
  static var format: String { get }
  /// What names of such files end in, without the dot.
  static var suffixes: [String] { get }

  /// Opens a file.
  /// - Throws: what keeps it from being such a file.
  init(_ path: String) throws(Diagnostics)

  /// The network, to be compiled.
  /// - Throws: everything that is wrong with it.
  func model() throws(Diagnostics) -> Model

  /// The same of a network that cannot be compiled, for its types: the result of what has no operator, or a quantizer without
  /// codes, is an input of the graph, which is all that is known of it: a shape. nil where not even that can be told.
  func outline() -> Model?
}

extension ModelFile {
  package func outline() -> Model? { nil }

  /// Reads a network that is to be compiled.
  /// - Throws: everything that is wrong with it.
  package static func read(_ path: String) throws(Diagnostics) -> Model { try Self(path).model() }
}
