import Diagnostics
import Numbers
import Quantization

/// A kind whose result is multiplied with an `alpha`.
package protocol AlphaQuantizer: NamedQuantizer {
  var alpha: Alpha { get set }
}

extension AlphaQuantizer {
  /// As a kernel quantizer: without an alpha, `auto_po2` is taken.
  package var forKernels: Self {
    guard alpha == .none else { return self }
    var copy = self
    copy.alpha = .autoPowerOfTwo
    return copy
  }

  /// An alpha of several numbers gives every channel its own.
  package func featureMaps(at location: Diagnostic.Location) throws -> PerChannel<FeatureMapQuantizer> {
    guard case .array(let numbers, let shape) = alpha, numbers.count > 1, shape.last == numbers.count else {
      return [try featureMap(at: location)]
    }
    return try PerChannel(numbers).map { number in
      var channel = self
      channel.alpha = .number(number)
      return try channel.featureMap(at: location)
    }
  }
}
