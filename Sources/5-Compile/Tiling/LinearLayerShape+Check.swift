import Diagnostics
import Targets

extension LinearLayerShape {
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
      if !condition { problems.report(Diagnostic(found(), at: .init(layer: layer), supported: supported)) }
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
