import Numbers

extension MapPlan {
  /// The same with the scale and zero point that hold a range of values: exactly zero among them.
  package func holding(_ range: ClosedRange<Double>) -> MapPlan {
    let (low, high) = (min(0, range.lowerBound), max(0, range.upperBound))
    var plan = self
    let steps: Double
    switch scheme {
    case .affine:
      steps = (high - low) / Double(codes.upperBound - codes.lowerBound)
    case .symmetric, .powerOfTwo:
      plan.isSigned = low < 0
      plan.zeroPoint = 0
      steps = max(-low, high) / Double(max(1, plan.codes.upperBound))
    }
    let scale = Float(scheme == .powerOfTwo && steps > 0 ? steps.nextPowerOfTwo : steps)
    plan.scale = scale.isNormal ? scale : 1
    if scheme == .affine {
      let position = (-low / Double(plan.scale ?? 1)).rounded(.toNearestOrEven) + Double(codes.lowerBound)
      plan.zeroPoint = Int(position.clamped(to: Double(codes.lowerBound)...Double(codes.upperBound)))
    }
    return plan
  }
}

extension Double {
  /// The least power of two that is not smaller.
  fileprivate var nextPowerOfTwo: Double {
    significand == 1 ? self : Double(sign: .plus, exponent: Int(exponent) + 1, significand: 1)
  }
}
