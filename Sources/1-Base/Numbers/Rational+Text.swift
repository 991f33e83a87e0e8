import BigInt

extension Rational {
  /// Reads `3`, `0.125`, `1e-3` (the nearest double, exactly) or `1/3`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let sides = text.split(separator: "/", omittingEmptySubsequences: false)
    if sides.count == 2, let top = BigInt(String(sides[0])), let bottom = BigInt(String(sides[1])), bottom.signum() > 0
    {
      self.init(top, over: bottom)
    } else if let integer = BigInt(String(text)) {
      self.init(integer)
    } else if let double = Double(String(text)), double.isFinite {
      self.init(double)
    } else {
      return nil
    }
  }

  /// The shortest text that is read back as the same number: a decimal where a double has the value, else a fraction.
  package var text: String {
    if isInteger { return "\(floor)" }
    let nearest = double
    return nearest.isFinite && Rational(nearest) == self ? "\(nearest)" : description
  }
}
