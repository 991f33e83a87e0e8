import Targets

/// What has to be tiled: one linear layer at batch 1, feature maps as rows x columns x channels (NHWC).
package struct LinearLayerShape: Hashable, Sendable {
  /// Rows and columns of zeros before the feature map. What lies behind it follows from the output's extents.
  package struct Padding: Hashable, Sendable {
    package var top: Int
    package var left: Int

    package init(top: Int, left: Int) {
      self.top = top
      self.left = left
    }

    package static let none = Padding(top: 0, left: 0)
  }

  package var engine: EngineKind
  package var input: MapExtents
  package var output: MapExtents
  package var kernel: Extents
  package var stride: Extents
  package var dilation: Extents
  package var padding: Padding
  /// Groups of a convolution; 1 for the other engines.
  package var groups: Int
  /// Outputs per input channel of a depthwise convolution; 1 for the other engines.
  package var channelMultiplier: Int
  /// Widths of the codes in bits, for the multiplier mode and for the bytes that move. An output that is not requantized
  /// has its accumulators' width.
  package var activationBits: Int
  package var weightBits: Int
  package var outputBits: Int
  /// Operands wider than a 16-bit port are fed as several 16-bit limbs: every pair of limbs is a tile of its own.
  package var inputLimbs: Int
  package var weightLimbs: Int

  package init(
    engine: EngineKind, input: MapExtents, output: MapExtents, kernel: Extents = .one, stride: Extents = .one,
    dilation: Extents = .one, padding: Padding = .none, groups: Int = 1, channelMultiplier: Int = 1,
    activationBits: Int = 16, weightBits: Int = 16, outputBits: Int = 16, inputLimbs: Int = 1, weightLimbs: Int = 1
  ) {
    self.engine = engine
    self.input = input
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
    self.groups = groups
    self.channelMultiplier = channelMultiplier
    self.activationBits = activationBits
    self.weightBits = weightBits
    self.outputBits = outputBits
    self.inputLimbs = inputLimbs
    self.weightLimbs = weightLimbs
  }

  /// Input channels that one output channel sums over.
  package var reducedChannels: Int { engine.reduction == .ownChannel ? 1 : input.channels / groups }

  /// Multiplications of the layer, those with padding included, limbs not.
  package var macs: Int { output.elements * kernel.rows * kernel.columns * reducedChannels }

  /// Whether any tap of any output lies outside the feature map.
  package var readsPadding: Bool {
    func reaches(_ outputs: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ padding: Int, _ extent: Int) -> Bool {
      padding > 0 || (outputs - 1) * stride + (kernel - 1) * dilation >= extent + padding
    }
    return reaches(
      output.rows, kernel.rows, stride.rows, dilation.rows, padding.top, input.rows)
      || reaches(
        output.columns, kernel.columns, stride.columns, dilation.columns, padding.left,
        input.columns)
  }

  /// 1x1 without padding: every output pixel reads one input pixel, so pixels may be taken in any grouping.
  package var isPointwise: Bool { kernel == .one && !readsPadding }

  /// Operand widths that the multiplier mode must hold: those of a limb where there are several.
  package var modeActivationBits: Int { inputLimbs > 1 ? LinearLayerShape.limbBits : activationBits }
  package var modeWeightBits: Int { weightLimbs > 1 ? LinearLayerShape.limbBits : weightBits }

  package static let limbBits = 16

  /// Bits that a code of `bits` takes in memory and on the bus: packed 4 or 2 to a 16-bit word, or whole words, a power
  /// of two of them.
  package static func storedBits(_ bits: Int) -> Int {
    var stored = 4
    while stored < bits { stored *= 2 }
    return stored
  }
}
