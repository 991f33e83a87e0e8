import Numbers
import Quantization
import Text

extension RealFunction: TextValue {
  /// `relu`, `clip(0, 6)` (`none` where there is no bound), `affine(scale, shift)`, `leaky_relu(slope)`,
  /// `thresholded_relu(threshold, slope)`, `hard_swish(shift, upper)`, `sigmoid`, `tanh`
  package var text: String {
    switch self {
    case .affine(let scale, let shift): "affine(\(scale.text), \(shift.text))"
    case .clip(let lower, let upper):
      self == .relu ? "relu" : "clip(\(lower?.text ?? "none"), \(upper?.text ?? "none"))"
    case .leakyReLU(let slope): "leaky_relu(\(slope.text))"
    case .thresholdedReLU(let threshold, let slope): "thresholded_relu(\(threshold.text), \(slope.text))"
    case .hardSwish(let shift, let upper): "hard_swish(\(shift.text), \(upper.text))"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    }
  }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let name = try scanner.word()
    let arguments = scanner.rest.first == "(" ? try scanner.list("(", ")") { try Bound(scanning: &$0) } : []
    switch (name, arguments.map(\.value)) {
    case ("relu", let bounds) where bounds.isEmpty: self = .relu
    case ("sigmoid", let bounds) where bounds.isEmpty: self = .sigmoid
    case ("tanh", let bounds) where bounds.isEmpty: self = .tanh
    case ("clip", let bounds) where bounds.count == 2: self = .clip(lower: bounds[0], upper: bounds[1])
    case ("leaky_relu", let bounds) where bounds.count == 1:
      guard let slope = bounds[0] else { throw before.refused("leaky_relu(slope)") }
      self = .leakyReLU(slope: slope)
    case ("thresholded_relu", let bounds) where bounds.count == 2:
      guard let threshold = bounds[0], let slope = bounds[1] else {
        throw before.refused("thresholded_relu(threshold, slope)")
      }
      self = .thresholdedReLU(threshold: threshold, slope: slope)
    case ("affine", let bounds) where bounds.count == 2:
      guard let scale = bounds[0], let shift = bounds[1] else { throw before.refused("affine(scale, shift)") }
      self = .affine(scale: scale, shift: shift)
    case ("hard_swish", let bounds) where bounds.count == 2:
      guard let shift = bounds[0], let upper = bounds[1] else { throw before.refused("hard_swish(shift, upper)") }
      self = .hardSwish(shift: shift, upper: upper)
    default:
      throw before.refused(
        "relu, sigmoid, tanh, clip(lower, upper), leaky_relu(slope), thresholded_relu(threshold, slope), "
          + "affine(scale, shift), hard_swish(shift, upper)")
    }
  }

  /// A number or `none`.
  private struct Bound {
    var value: Rational?

    init(scanning scanner: inout TextScanner) throws {
      var ahead = scanner
      if try ahead.item() == "none" {
        scanner = ahead
      } else {
        value = try Rational(scanning: &scanner)
      }
    }
  }
}
