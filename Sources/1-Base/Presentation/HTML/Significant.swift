/// `value` with four significant digits.
package func significant(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value == 0 ? "0" : "\(value)")" }
  var exponent = 0
  var magnitude = value.magnitude
  while magnitude >= 10 {
    magnitude /= 10
    exponent += 1
  }
  while magnitude < 1 {
    magnitude *= 10
    exponent -= 1
  }
  let sign = value < 0 ? "-" : ""
  if (-4...5).contains(exponent) { return sign + fixed(value.magnitude, decimals: max(0, 3 - exponent)) }
  return sign + fixed(magnitude, decimals: 3) + "e\(exponent)"
}
