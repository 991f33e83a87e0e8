import Diagnostics
import Numbers
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

  /// What a kernel meets along one of the axes that it moves over.
  package struct Axis {
    var input, output, kernel, stride, dilation, padding: Int

    /// The window of the feature map that `outputs` need for the taps of `part`.
    package func window(_ outputs: Range<Int>, _ part: TileSlice) -> AxisWindow {
      AxisWindow(outputs: outputs, part: part, stride: stride, dilation: dilation, padding: padding)
    }
  }

  package var rows: Axis {
    Axis(
      input: input.rows, output: output.rows, kernel: kernel.rows, stride: stride.rows, dilation: dilation.rows,
      padding: padding.top)
  }

  package var columns: Axis {
    Axis(
      input: input.columns, output: output.columns, kernel: kernel.columns, stride: stride.columns,
      dilation: dilation.columns, padding: padding.left)
  }

  /// Input channels that one output channel sums over.
  package var reducedChannels: Int { engine.reduction == .ownChannel ? 1 : input.channels / groups }

  /// Multiplications of the layer, those with padding included, limbs not.
  package var macs: Int { output.elements * kernel.rows * kernel.columns * reducedChannels }

  /// Whether any tap of any output lies outside the feature map.
  package var readsPadding: Bool {
    [rows, columns].contains { axis in
      axis.padding > 0 || (axis.output - 1) * axis.stride + (axis.kernel - 1) * axis.dilation >= axis.input
    }
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

  /// What is refused as a mistake, so that no product overflows and no solver runs for minutes: extents, taps along an
  /// axis of a kernel, elements of a feature map or of the weights, multiplications.
  static let extentLimit = 1 << 20
  static let kernelLimit = 1 << 10
  static let elementLimit = 1 << 28
  static let macLimit = 1 << 50

  /// - Throws: `Diagnostics` with everything that is wrong with the shape; `layer` names it in them.
  package func check(layer: String? = nil) throws(Diagnostics) {
    var problems = Diagnostics()
    func require(_ condition: Bool, _ found: @autoclosure () -> String, supported: String? = nil) {
      if !condition { problems.report(found(), at: .init(layer: layer), supported: supported) }
    }
    let positive = [
      ("input rows", input.rows), ("input columns", input.columns),
      ("input channels", input.channels),
      ("output rows", output.rows), ("output columns", output.columns),
      ("output channels", output.channels), ("kernel rows", kernel.rows),
      ("kernel columns", kernel.columns), ("row stride", stride.rows),
      ("column stride", stride.columns), ("row dilation", dilation.rows),
      ("column dilation", dilation.columns), ("groups", groups),
      ("channel multiplier", channelMultiplier),
    ]
    let limit = LinearLayerShape.extentLimit
    for (name, value) in positive {
      require((1...limit).contains(value), "\(name): \(value)", supported: "1 to \(limit)")
    }
    let widths = [
      ("feature-map bits", activationBits, 64), ("weight bits", weightBits, 64),
      ("output bits", outputBits, 128), ("input limbs", inputLimbs, 4),
      ("weight limbs", weightLimbs, 4),
    ]
    for (name, value, most) in widths {
      require((1...most).contains(value), "\(name): \(value)", supported: "1 to \(most)")
    }
    for (name, value) in [("padding at the top", padding.top), ("padding at the left", padding.left)] {
      require((0...limit).contains(value), "\(name): \(value)", supported: "0 to \(limit)")
    }
    for (name, value) in [("kernel rows", kernel.rows), ("kernel columns", kernel.columns)] {
      require(
        value <= LinearLayerShape.kernelLimit, "\(name): \(value)", supported: "1 to \(LinearLayerShape.kernelLimit)")
    }
    try problems.throwIfErrors()

    let elementLimit = LinearLayerShape.elementLimit
    let taps = kernel.rows * kernel.columns
    let elements = [
      ("input feature map", input.elements), ("output feature map", output.elements),
      ("weights", taps * output.channels * max(1, reducedChannels)),
    ]
    for (name, value) in elements {
      require(value <= elementLimit, "\(name): \(value) elements", supported: "at most \(elementLimit)")
    }
    try problems.throwIfErrors()

    let (macs, overflows) = output.pixels.multipliedReportingOverflow(
      by: taps * output.channels * max(1, reducedChannels))
    require(
      !overflows && macs <= LinearLayerShape.macLimit, "\(overflows ? Int.max : macs) multiplications",
      supported: "at most \(LinearLayerShape.macLimit)")
    switch engine.reduction {
    case .group:
      require(
        input.channels % groups == 0 && output.channels % groups == 0,
        "\(groups) groups do not divide \(input.channels) input and \(output.channels) output channels")
      require(channelMultiplier == 1, "a convolution with a channel multiplier")
    case .ownChannel:
      require(
        output.channels == input.channels * channelMultiplier,
        "\(output.channels) output channels from \(input.channels) input channels times \(channelMultiplier)")
      require(groups == 1, "a depthwise convolution with groups")
    }
    if !engine.hasPixels {
      require(
        input.pixels == 1 && output.pixels == 1 && isPointwise, "a fully connected layer with pixels",
        supported: "feature maps of 1x1 and a kernel of 1x1")
      require(groups == 1, "a fully connected layer with groups")
    }
    try problems.throwIfErrors()
  }
}
