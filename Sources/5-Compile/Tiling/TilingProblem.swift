import Diagnostics
import Targets

/// A layer and the engine that has to hold its tiles. `check` says whether the question makes sense, `TilingSolver`
/// answers it, and `verify` judges any answer, the solver's or another's.
package struct TilingProblem: Hashable, Sendable {
  package var shape: LinearLayerShape
  package var engine: Engine

  package init(shape: LinearLayerShape, engine: Engine) {
    self.shape = shape
    self.engine = engine
  }

  package init(shape: LinearLayerShape, accelerator: Accelerator) {
    self.init(shape: shape, engine: accelerator[shape.engine])
  }

  /// Input and output channels, and pixels, that fit one tile in all memories at once.
  var inputChannelLimit: Int { min(engine.inputMemory.channels, engine.weightMemory.inputChannels) }
  var outputChannelLimit: Int {
    shape.engine == .depthwise
      ? min(inputChannelLimit, engine.outputMemory.channels)
      : min(engine.outputMemory.channels, engine.weightMemory.outputChannels)
  }

  /// What is refused as a mistake, so that no product overflows and no solver runs for minutes: extents, taps along an
  /// axis of a kernel, elements of a feature map or of the weights, multiplications, tiles.
  static let extentLimit = 1 << 20
  static let kernelLimit = 1 << 10
  static let elementLimit = 1 << 28
  static let macLimit = 1 << 50
  static let tileLimit = 1 << 20

  /// - Throws: `Diagnostics` with everything that is wrong with the shape; `layer` names it in them.
  package func check(layer: String? = nil) throws(Diagnostics) {
    var problems = Diagnostics()
    func require(_ condition: Bool, _ found: @autoclosure () -> String, supported: String? = nil) {
      if !condition { problems.report(Diagnostic(found(), at: .init(layer: layer), supported: supported)) }
    }
    let positive = [
      ("input rows", shape.input.rows), ("input columns", shape.input.columns),
      ("input channels", shape.input.channels),
      ("output rows", shape.output.rows), ("output columns", shape.output.columns),
      ("output channels", shape.output.channels), ("kernel rows", shape.kernel.rows),
      ("kernel columns", shape.kernel.columns), ("row stride", shape.stride.rows),
      ("column stride", shape.stride.columns), ("row dilation", shape.dilation.rows),
      ("column dilation", shape.dilation.columns), ("groups", shape.groups),
      ("channel multiplier", shape.channelMultiplier),
    ]
    let limit = TilingProblem.extentLimit
    for (name, value) in positive {
      require((1...limit).contains(value), "\(name): \(value)", supported: "1 to \(limit)")
    }
    let widths = [
      ("feature-map bits", shape.activationBits, 64), ("weight bits", shape.weightBits, 64),
      ("output bits", shape.outputBits, 128), ("input limbs", shape.inputLimbs, 4),
      ("weight limbs", shape.weightLimbs, 4),
    ]
    for (name, value, most) in widths {
      require((1...most).contains(value), "\(name): \(value)", supported: "1 to \(most)")
    }
    for (name, value) in [("padding at the top", shape.padding.top), ("padding at the left", shape.padding.left)] {
      require((0...limit).contains(value), "\(name): \(value)", supported: "0 to \(limit)")
    }
    for (name, value) in [("kernel rows", shape.kernel.rows), ("kernel columns", shape.kernel.columns)] {
      require(value <= TilingProblem.kernelLimit, "\(name): \(value)", supported: "1 to \(TilingProblem.kernelLimit)")
    }
    try problems.throwIfErrors()

    let elementLimit = TilingProblem.elementLimit
    let taps = shape.kernel.rows * shape.kernel.columns
    let elements = [
      ("input feature map", shape.input.elements), ("output feature map", shape.output.elements),
      ("weights", taps * shape.output.channels * max(1, shape.reducedChannels)),
    ]
    for (name, value) in elements {
      require(value <= elementLimit, "\(name): \(value) elements", supported: "at most \(elementLimit)")
    }
    try problems.throwIfErrors()

    let (macs, overflows) = shape.output.pixels.multipliedReportingOverflow(
      by: taps * shape.output.channels * max(1, shape.reducedChannels))
    require(
      !overflows && macs <= TilingProblem.macLimit, "\(overflows ? Int.max : macs) multiplications",
      supported: "at most \(TilingProblem.macLimit)")
    require(engine.kind == shape.engine, "a \(shape.engine.rawValue) layer on a \(engine.kind.rawValue) engine")
    switch shape.engine {
    case .conv2D:
      require(
        shape.input.channels % shape.groups == 0 && shape.output.channels % shape.groups == 0,
        "\(shape.groups) groups do not divide \(shape.input.channels) input and \(shape.output.channels) output channels"
      )
      require(shape.channelMultiplier == 1, "a convolution with a channel multiplier")
    case .depthwise:
      require(
        shape.output.channels == shape.input.channels * shape.channelMultiplier,
        "\(shape.output.channels) output channels from \(shape.input.channels) input channels times"
          + " \(shape.channelMultiplier)")
      require(shape.groups == 1, "a depthwise convolution with groups")
    case .fullyConnected:
      require(
        shape.input.pixels == 1 && shape.output.pixels == 1 && shape.isPointwise,
        "a fully connected layer with pixels", supported: "feature maps of 1x1 and a kernel of 1x1")
      require(shape.groups == 1 && shape.channelMultiplier == 1, "a fully connected layer with groups")
    }
    try problems.throwIfErrors()
  }

  /// The window of input rows for `outputs` and `part`.
  package func rowWindow(_ outputs: Range<Int>, _ part: KernelPart) -> AxisWindow {
    AxisWindow(
      outputs: outputs, part: part, stride: shape.stride.rows, dilation: shape.dilation.rows, padding: shape.padding.top
    )
  }

  /// The window of input columns for `outputs` and `part`.
  package func columnWindow(_ outputs: Range<Int>, _ part: KernelPart) -> AxisWindow {
    AxisWindow(
      outputs: outputs, part: part, stride: shape.stride.columns, dilation: shape.dilation.columns,
      padding: shape.padding.left)
  }
}
