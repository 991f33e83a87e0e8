#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The C library's functions, in one place: their module differs from system to system.
enum ElementaryMath {
  static func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
  static func hyperbolicTangent(_ value: Double) -> Double { tanh(value) }

  /// The natural logarithm in float32, correctly rounded but for rare cases.
  static func logarithm(_ value: Float) -> Float { Float(log(Double(value))) }
}
