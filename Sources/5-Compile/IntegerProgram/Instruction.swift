import Numbers
import Quantization
import Targets
import Tiling

/// What happens to an instruction's accumulators.
package enum OutputStage: Hashable, Sendable {
  /// They are the output's codes.
  case accumulator
  case requantize(Requantization)
}

/// One step of a program. Everything is integer; feature maps are rows x columns x channels.
package enum Instruction: Hashable, Sendable {
  case linear(LinearInstruction)
  case sum(SumInstruction)
  case pool(PoolInstruction)
  case requantize(RequantizeInstruction)
  case concatenate(ConcatenateInstruction)
  case pad(PadInstruction)
  case reshape(ReshapeInstruction)
}

/// A convolution, depthwise convolution or fully connected layer:
/// accumulator[o] = initial[o] + sum over taps of input code x weight code, exact.
/// Taps outside the feature map read `paddingCode`, the code of zero.
package struct LinearInstruction: Hashable, Sendable {
  package var name: String
  package var input: TensorID
  package var output: TensorID
  /// Engine, extents, kernel, stride, dilation, padding, groups, operand widths.
  package var shape: LinearLayerShape
  package var paddingCode: Int64
  /// Convolution: kernel rows x kernel columns x input channels per group x output channels (HWIO).
  /// Depthwise: kernel rows x kernel columns x input channels x channel multiplier; output channel = c * multiplier + m.
  /// Fully connected: inputs x outputs. Last index fastest. Wider than 16 bits only where `shape.weightLimbs` > 1.
  package var weights: [Int64]
  /// One per output channel: the bias where it is a multiple of the accumulator's scale.
  package var initial: [Int64]
  /// What the accumulator can reach at any moment, partial sums in any order included.
  package var accumulatorRange: CodeRange
  package var stage: OutputStage

  /// From the least to the largest weight, zero included.
  package var weightRange: CodeRange { (weights.hull() ?? 0...0).including(0) }

  /// What holds every weight.
  package var weightType: IntegerType { .narrowestSigned(holding: weightRange) }

  package init(
    name: String, input: TensorID, output: TensorID, shape: LinearLayerShape, paddingCode: Int64, weights: [Int64],
    initial: [Int64], accumulatorRange: CodeRange, stage: OutputStage
  ) {
    self.name = name
    self.input = input
    self.output = output
    self.shape = shape
    self.paddingCode = paddingCode
    self.weights = weights
    self.initial = initial
    self.accumulatorRange = accumulatorRange
    self.stage = stage
  }
}

/// accumulator = sum of coefficient_i x code_i over inputs of one shape, element by element.
package struct SumInstruction: Hashable, Sendable {
  package struct Term: Hashable, Sendable {
    package var input: TensorID
    package var coefficient: Int64
    package init(input: TensorID, coefficient: Int64) {
      self.input = input
      self.coefficient = coefficient
    }
  }

  package var name: String
  package var terms: [Term]
  package var output: TensorID
  package var accumulatorRange: CodeRange
  package var stage: OutputStage

  package init(
    name: String, terms: [Term], output: TensorID, accumulatorRange: CodeRange, stage: OutputStage
  ) {
    self.name = name
    self.terms = terms
    self.output = output
    self.accumulatorRange = accumulatorRange
    self.stage = stage
  }
}

/// The largest code of a window, or the sum of its codes. Windows hang over the edges where padding asks for it; only
/// the pixels inside count.
package struct PoolInstruction: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case maximum
    /// The sum, requantized by how many pixels of the window lie inside the feature map. `stages` maps that count to
    /// the stage; all windows inside: one entry.
    case sum(stages: [Int: OutputStage])
  }

  package var name: String
  package var input: TensorID
  package var output: TensorID
  package var window: (rows: Int, columns: Int) { (windowRows, windowColumns) }
  package var windowRows: Int
  package var windowColumns: Int
  package var strideRows: Int
  package var strideColumns: Int
  package var paddingTop: Int
  package var paddingLeft: Int
  package var accumulatorRange: CodeRange
  package var kind: Kind

  package init(
    name: String, input: TensorID, output: TensorID, window: (rows: Int, columns: Int),
    stride: (rows: Int, columns: Int), padding: (top: Int, left: Int), accumulatorRange: CodeRange, kind: Kind
  ) {
    self.name = name
    self.input = input
    self.output = output
    windowRows = window.rows
    windowColumns = window.columns
    strideRows = stride.rows
    strideColumns = stride.columns
    paddingTop = padding.top
    paddingLeft = padding.left
    self.accumulatorRange = accumulatorRange
    self.kind = kind
  }
}

/// The input's codes as accumulators of a requantization, element by element.
package struct RequantizeInstruction: Hashable, Sendable {
  package var name: String
  package var input: TensorID
  package var output: TensorID
  package var requantization: Requantization

  package init(name: String, input: TensorID, output: TensorID, requantization: Requantization) {
    self.name = name
    self.input = input
    self.output = output
    self.requantization = requantization
  }
}

/// Inputs one after another along an axis (0 rows, 1 columns, 2 channels); each input's codes times its coefficient plus
/// its offset.
package struct ConcatenateInstruction: Hashable, Sendable {
  package struct Part: Hashable, Sendable {
    package var input: TensorID
    package var coefficient: Int64
    package var offset: Int64
    package init(input: TensorID, coefficient: Int64 = 1, offset: Int64 = 0) {
      self.input = input
      self.coefficient = coefficient
      self.offset = offset
    }
  }

  package var name: String
  package var parts: [Part]
  package var axis: Int
  package var output: TensorID

  package init(name: String, parts: [Part], axis: Int, output: TensorID) {
    self.name = name
    self.parts = parts
    self.axis = axis
    self.output = output
  }
}

/// Rows and columns of `code`, the code of zero, around a feature map; right and bottom follow from the output's shape.
package struct PadInstruction: Hashable, Sendable {
  package var name: String
  package var input: TensorID
  package var output: TensorID
  package var top: Int
  package var left: Int
  package var code: Int64

  package init(name: String, input: TensorID, output: TensorID, top: Int, left: Int, code: Int64) {
    self.name = name
    self.input = input
    self.output = output
    self.top = top
    self.left = left
    self.code = code
  }
}

/// The same codes in the same order under another shape: no work.
package struct ReshapeInstruction: Hashable, Sendable {
  package var name: String
  package var input: TensorID
  package var output: TensorID

  package init(name: String, input: TensorID, output: TensorID) {
    self.name = name
    self.input = input
    self.output = output
  }
}
