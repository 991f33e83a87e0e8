import IntegerProgram
import Numbers
import Schedule
import Tiling

/// How a layer runs on a processor: on which of the runtime's kernels, and in sums of how many bits.
struct DirectKernel {
  enum Form: Hashable {
    /// The window of every output pixel, and its products with planes of packed weights.
    case dot([FieldPlanes.Plane])
    /// A pixel of all channels at once; weights of 8 or 16 bits.
    case depthwise(weightBits: Int)
    /// Loops of its own over numbers of any width.
    case plain
  }

  let form: Form
  /// Of the feature map's codes, as they are stored.
  let mapBits: Int
  /// 32 or 64: sums wrap around, so what they end in has to fit.
  let sumBits: Int
  /// What they end in.
  let accumulators: CodeRange

  init(_ layer: LinearInstruction, in program: IntegerProgram) {
    let range = program[layer.input].range
    accumulators =
      layer.accumulatorBounds(inputRange: range).map(\.final.clampedTo64Bits).hull() ?? layer.accumulatorRange
    mapBits = CodeType(holding: range).bits
    let fits = mapBits <= 16 && layer.shape.weightLimbs == 1
    sumBits = fits && CodeType(holding: accumulators).bytes <= 4 ? 32 : 64
    if !fits {
      form = .plain
    } else if layer.shape.engine.reduction == .ownChannel, layer.shape.channelMultiplier == 1 {
      form = .depthwise(weightBits: layer.weightType.bits <= 8 ? 8 : 16)
    } else {
      form = .dot(FieldPlanes.planes(bits: layer.weightType.bits))
    }
  }

  /// The runtime's functions, without `st_`.
  var functions: [String] {
    switch form {
    case .dot(let planes): ["window\(mapBits)"] + planes.map { "dot\($0.bits)_\(sumBits)" }
    case .depthwise(let weightBits): ["depthwise\(mapBits)x\(weightBits)_\(sumBits)"]
    case .plain: []
    }
  }
}
