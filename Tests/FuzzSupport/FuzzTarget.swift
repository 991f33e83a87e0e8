import Compiler
import Diagnostics
import HDF5
import KerasImport
import ONNX
import ONNXImport
import QIR
import TFLite
import TFLiteImport

/// A way into the compiler for bytes from anywhere. Behind each importer lies what `qcc compile` does, up to the verified
/// program; networks of more numbers than a moment's work are left there.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// The text of `model_config`, a zero byte, and the other records of a snapshot (see `CHDF5Shims.h`): what follows the
  /// process that runs libhdf5.
  case keras
  /// A Keras H5 file, read by such a process.
  case hdf5
  /// An ONNX file.
  case onnx
  /// A TensorFlow Lite file.
  case tflite

  package enum Outcome: Sendable {
    case compiled
    /// Imported, then refused or left for its size.
    case imported
    case refused(Diagnostics)
  }

  /// Every end but these is a mistake of the compiler.
  package func run(_ bytes: [UInt8]) -> Outcome {
    let graph: Graph
    do {
      graph =
        switch self {
        case .keras: try KerasModel(Self.snapshot(bytes)).model().graph
        case .hdf5: try UnnamedFile(bytes).withPath { try KerasModel.read($0).graph }
        case .tflite:
          try TFLiteNetwork(TFLiteFile.read(bytes, file: "model.tflite"), file: "model.tflite").model().graph
        case .onnx: try ONNXNetwork(ONNXFile.read(bytes, file: "/nowhere/model.onnx"), file: "model.onnx").model().graph
        }
    } catch {
      return .refused(Self.problems(error))
    }
    let problems = GraphVerifier(graph).problems
    precondition(!problems.hasErrors, "an imported graph is whole: \(problems)")
    guard Self.isSmall(graph) else { return .imported }
    do {
      _ = try Compiler().compile(graph)
      return .compiled
    } catch {
      _ = Self.problems(error)
      return .imported
    }
  }

  private static func snapshot(_ bytes: [UInt8]) throws -> H5File {
    let config = bytes.prefix { $0 != 0 }
    func string(_ text: some Collection<UInt8>) -> [UInt8] {
      withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }
    // A group without name; in it an attribute, a string without shape; in that one string.
    var records: [UInt8] = [1] + string([])
    records += [3] + string("model_config".utf8) + [3, 16, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 0] + string(config)
    records += bytes.dropFirst(config.count + 1) + [0]
    return try records.withUnsafeBytes { try H5File("model.h5", snapshot: $0) }
  }

  private static func problems(_ error: any Error) -> Diagnostics {
    switch error {
    case let problem as Diagnostic: return problems(Diagnostics([problem]))
    case let problems as Diagnostics:
      precondition(problems.hasErrors, "what is thrown says what is wrong")
      return problems
    default: preconditionFailure("an error that is no message: \(error)")
    }
  }

  /// Whether compiling it takes a moment.
  private static func isSmall(_ graph: Graph) -> Bool {
    graph.nodes.count <= 64
      && graph.nodes.allSatisfy { node in
        node.shape.elements <= 1 << 14 && node.op.parameters.allSatisfy { $0.parameter.elements <= 1 << 14 }
      }
  }
}
