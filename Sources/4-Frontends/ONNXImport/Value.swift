import Numbers
import ONNX
import QIR
import Quantization

/// What a tensor of the model is while it is imported.
enum Value {
  /// Known now.
  case constant(Constant)
  /// Computed from the network's inputs.
  case map(FeatureMap)
  /// The node that makes it could not be read; its problem is reported.
  case failed
}

/// A tensor of the model as a node of the graph. The graph keeps feature maps with their channels last and without the
/// batch; `order` is what keeps the two views together, so that no transposes are needed where the model changes its own.
struct FeatureMap {
  var node: NodeID
  /// As ONNX has it; a batch counts as 1.
  var shape: [Int]
  /// For each axis of the node the axis in `shape` that it is.
  var order: [Int]
  /// Where the model's tensor holds integers: what they stand for. The node has the values.
  var encoding: IntegerEncoding?
}

/// integer = value / scale + zero point, along an axis or for the whole tensor.
struct IntegerEncoding: Equatable {
  var type: ONNXElementType
  /// One, or one per index of `axis`.
  var scales: [Float]
  var zeroPoints: [Int64]
  /// In the model's shape; nil for one scale.
  var axis: Int?

  /// Those of an index of the axis.
  func scaleAndZeroPoint(_ index: Int) -> (scale: Rational, zeroPoint: Int64) {
    (Rational(scales[index % scales.count]), zeroPoints[index % zeroPoints.count])
  }

  /// Whether codes of its type are what feature maps may hold.
  var isNarrow: Bool { type.bits.map { $0 <= 16 } ?? false }

  var isPlain: Bool { scales == [1] && zeroPoints == [0] }

  /// Integers that stand for themselves.
  static func plain(_ type: ONNXElementType) -> IntegerEncoding {
    IntegerEncoding(type: type, scales: [1], zeroPoints: [0], axis: nil)
  }
}
