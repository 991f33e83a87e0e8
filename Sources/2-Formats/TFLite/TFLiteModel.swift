import Files

/// A TensorFlow Lite file as values: what schemas/tflite.fbs names of it. Constants keep their bytes in the file's until they are asked
/// for.
package struct TFLiteModel: Sendable {
  package var version: Int
  package var operatorCodes: [TFLiteOperatorCode] = []
  package var subgraphs: [TFLiteSubgraph] = []
  /// By index: where each one's bytes are in the file; nil where it has none.
  package var buffers: [Range<Int>?] = []
  package let bytes: [UInt8]
  /// What its numbers may take of memory; the file itself is counted.
  package var memory: MemoryBudget
}

package struct TFLiteOperatorCode: Sendable {
  /// `CONV_2D`, or a number in words for one that the schema does not know.
  package var name: String
  /// Of a custom operator; empty for others.
  package var customName: String
  package var version: Int
}

package struct TFLiteSubgraph: Sendable {
  package var name: String
  package var tensors: [TFLiteTensor] = []
  package var operators: [TFLiteOperator] = []
  /// By tensor.
  package var inputs: [Int]
  package var outputs: [Int]
}

package struct TFLiteTensor: Sendable {
  /// May be empty, or the same for several.
  package var name: String
  /// With the batch.
  package var shape: [Int]
  /// The same with -1 for extents that may be any; empty where none may.
  package var signature: [Int]
  package var type: TFLiteElementType
  /// Of its constants; 0 is the one of tensors without.
  package var buffer: Int
  package var scales: [Float]
  package var zeroPoints: [Int64]
  package var quantizedDimension: Int
  /// Quantized in another way than by scales.
  package var hasQuantizationDetails: Bool
  package var isVariable: Bool
  package var isSparse: Bool
}

package struct TFLiteOperator: Sendable {
  /// Its operator code.
  package var code: Int
  /// By tensor; -1 for one that is left out.
  package var inputs: [Int]
  package var outputs: [Int]
  /// `Conv2DOptions`; nil where it has none.
  package var optionsName: String?
  package var options: [(name: String, value: Double)]
  /// The one option that is a list.
  package var list: [Int]
  /// The one option that is a text.
  package var text: String
}

/// The schema's `TensorType`.
package enum TFLiteElementType: Int, Sendable {
  case float32, float16, int32, uint8, int64, string, bool, int16, complex64, int8, float64, complex128, uint64,
    resource,
    variant, uint32, uint16, int4, bfloat16
  /// Any that the schema does not name.
  case unknown = -1

  /// As messages and Python's packages have it.
  package var name: String { self == .unknown ? "an unknown type" : "\(self)" }

  /// Of an element; nil where it is no number of whole bytes.
  package var bytes: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .float16, .int16, .uint16, .bfloat16: 2
    case .float32, .int32, .uint32: 4
    case .int64, .float64, .uint64: 8
    case .string, .complex64, .complex128, .resource, .variant, .int4, .unknown: nil
    }
  }
}
