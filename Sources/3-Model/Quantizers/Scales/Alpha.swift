import Diagnostics
import Numbers

/// The `alpha` of QKeras' quantizers: how the scale of a tensor is found.
package enum Alpha: Sendable, Equatable {
  case none
  case number(Double)
  case array([Double], shape: [Int])
  /// The largest magnitude or a least-squares fit decides, per channel.
  case auto
  /// The power of two nearest to the least-squares scale, per channel.
  case autoPowerOfTwo

  package var dependsOnData: Bool { self == .auto || self == .autoPowerOfTwo }

  /// The factor for a feature map. Throws where it depends on the data, or on the channel.
  func featureMapScale(_ quantizer: String, at location: Diagnostic.Location) throws -> Rational {
    switch self {
    case .none: return .one
    case .number(let number): return Rational(Float(number))
    case .array(let numbers, let shape):
      guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else {
        throw Diagnostic(
          "\(quantizer): alpha of shape \(shape) on a feature map", at: location,
          supported: "one number, or one per channel", fix: "give alpha as one number")
      }
      return Rational(Float(first))
    case .auto, .autoPowerOfTwo:
      throw Diagnostic(
        "\(quantizer): its scale depends on each batch of the feature map", at: location,
        supported: "a fixed scale on feature maps", fix: "set alpha to a number, for example alpha=1")
    }
  }

  /// The factors of a parameter, float32, with the groups that they belong to; nil where they are found from the data.
  func scales(
    shape: [Int], _ quantizer: String, at location: Diagnostic.Location
  ) throws -> (groups: ScaleGroups, scales: [Float])? {
    switch self {
    case .none: return (ScaleGroups(whole: shape), [1])
    case .number(let number): return (ScaleGroups(whole: shape), [Float(number)])
    case .array(let numbers, let arrayShape):
      guard let groups = ScaleGroups(shape: shape, broadcasting: arrayShape), groups.count == numbers.count else {
        throw Diagnostic(
          "\(quantizer): alpha of shape \(arrayShape) on a tensor of shape \(shape)", at: location,
          supported: "shapes that broadcast to the tensor's")
      }
      return (groups, numbers.map { Float($0) })
    case .auto, .autoPowerOfTwo: return nil
    }
  }

  /// `alpha=…` as a model would write it; nil for None.
  var argument: String? {
    switch self {
    case .none: nil
    case .number(let number): "alpha=\(number)"
    case .array(let numbers, let shape): numbers.count == 1 ? "alpha=\(numbers[0])" : "alpha=array\(shape)"
    case .auto: "alpha='auto'"
    case .autoPowerOfTwo: "alpha='auto_po2'"
    }
  }
}
