/// How long constants are written.
package enum ConstantStyle: Sendable {
  /// All numbers: what is written can be read back.
  case whole
  /// Only how many there are, where there are more than `limit` that no short form says.
  case elided(above: Int)
}
