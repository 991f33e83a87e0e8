/// What operations and memories of a manufacturing process cost, in pJ. The process files under `Resources/processes` say
/// what every table means and where it comes from.
package struct EnergyProcess: Hashable, Sendable {
  /// Coefficients from the highest power down.
  package struct Polynomial: Hashable, Sendable {
    package var coefficients: [Double]

    /// Never below 0.
    package func callAsFunction(_ x: Double) -> Double { max(value(at: x), 0) }

    func value(at x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
  }

  package var name: String
  package var summary: String
  package var fixedPointAdd: Polynomial
  package var fixedPointMultiply: Polynomial
  package var float16Add: Polynomial
  package var float16Multiply: Polynomial
  package var float32Add: Polynomial
  package var float32Multiply: Polynomial
  package var sramRead: Polynomial
  package var sramWordBits: Int
  package var dramRead: Polynomial
}
