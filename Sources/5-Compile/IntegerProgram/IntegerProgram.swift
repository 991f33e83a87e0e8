import Numbers
import Quantization
import Targets

/// A network as integers: what the simulators run and the back ends emit. Instructions stand in an order in which every
/// tensor is written before it is read, and each tensor is written once.
package struct IntegerProgram: Hashable, Sendable {
  package var name: String
  package var tensors: [ProgramTensor]
  /// Codes that the host hands in, quantized as their encoding says.
  package var inputs: [TensorID]
  package var outputs: [ProgramOutput]
  package var instructions: [Instruction]

  package init(
    name: String, tensors: [ProgramTensor] = [], inputs: [TensorID] = [], outputs: [ProgramOutput] = [],
    instructions: [Instruction] = []
  ) {
    self.name = name
    self.tensors = tensors
    self.inputs = inputs
    self.outputs = outputs
    self.instructions = instructions
  }

  package subscript(id: TensorID) -> ProgramTensor { tensors[id.index] }

  package mutating func add(_ tensor: ProgramTensor) -> TensorID {
    tensors.append(tensor)
    return TensorID(tensors.count - 1)
  }
}

/// The index of a tensor in an `IntegerProgram`.
package struct TensorID: Hashable, Sendable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
}

/// The extents of a feature map without its batch; a vector of n has shape 1 x 1 x n. Stored row by row, channels innermost
/// (NHWC).
package typealias MapShape = MapExtents

/// What the codes of a tensor mean to the host: value = scale x (code - zero point) + offset, scale and offset one per
/// tensor or one per channel. The numbers here are the doubles nearest to the exact ones the proofs used.
package struct Encoding: Hashable, Sendable {
  package var scales: PerChannel<Double>
  package var zeroPoint: Int64
  /// Not zero only for accumulators whose bias is no multiple of their scale.
  package var offsets: PerChannel<Double>

  package init(scales: PerChannel<Double>, zeroPoint: Int64 = 0, offsets: PerChannel<Double> = [0]) {
    self.scales = scales
    self.zeroPoint = zeroPoint
    self.offsets = offsets
  }

  /// Where a value of a channel lies between the codes.
  package func position(of value: Double, channel: Int) -> Double {
    let scale = scales[channel]
    return scale == 0 ? 0 : (value - offsets[channel]) / scale + Double(zeroPoint)
  }

  /// The value of `code` in channel `channel`.
  package func value(of code: Int64, channel: Int) -> Double {
    scales[channel] * Double(code - zeroPoint) + offsets[channel]
  }
}

/// A tensor of integer codes.
package struct ProgramTensor: Hashable, Sendable {
  /// The name of the graph's tensor (its Keras layer, as a rule); unique in a program.
  package var name: String
  package var shape: MapShape
  /// Every code that any input can produce here.
  package var range: CodeRange
  package var encoding: Encoding

  package init(name: String, shape: MapShape, range: CodeRange, encoding: Encoding) {
    self.name = name
    self.shape = shape
    self.range = range
    self.encoding = encoding
  }

  /// How codes are stored: always signed, as the multipliers' ports are.
  package var type: IntegerType { .narrowestSigned(holding: range) }

  /// How many 16-bit operands a code is fed to a multiplier as: balanced digits in base 2^16, least significant first,
  /// every digit in -32768...32767.
  package var limbs: Int { limbCount(of: range) }
}
