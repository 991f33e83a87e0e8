import CRuntime
import Foundation
import Testing

/// Functions of real numbers that emitted programs bring along, against the C library's and Swift's roundings.
@Suite struct HostTests {
  /// Numbers of all magnitudes, and those where the functions change their ways.
  private static let numbers: [Double] =
    [0, 0.17, -0.17, 0.5, -0.5, 0.49999999999999994, 2.5, -3.5, 1e300, 0x1p52, -0x1p52 + 0.5, .infinity, -.infinity]
    + (0..<20000).map { index in
      let magnitude = pow(2, Double(index % 70) - 55)
      return Double.random(in: -1...1) * magnitude
    }

  private func unitsBetween(_ found: Double, _ wanted: Double) -> Double {
    found == wanted ? 0 : abs(found - wanted) / wanted.ulp
  }

  @Test func exponential() {
    for number in Self.numbers { #expect(unitsBetween(st_exp(number), exp(number)) <= 2, "\(number)") }
    for number in stride(from: -750, through: 712, by: 0.37) {
      #expect(unitsBetween(st_exp(number), exp(number)) <= 2, "\(number)")
    }
    #expect(st_exp(.nan).isNaN)
  }

  @Test func hyperbolicTangent() {
    for number in Self.numbers { #expect(unitsBetween(st_tanh(number), tanh(number)) <= 6, "\(number)") }
    #expect(st_tanh(.nan).isNaN)
  }

  /// In units in the last place of 1 or of the number.
  @Test func curves() {
    func units(_ found: Double, _ wanted: Double, at number: Double) -> Double {
      found == wanted ? 0 : abs(found - wanted) / max(1, abs(number)).ulp
    }
    for number in Self.numbers + stride(from: -40, through: 40, by: 0.01) {
      #expect(number > 700 || units(st_expm1(number), expm1(number), at: max(number, exp(number))) <= 3, "\(number)")
      #expect(units(st_softplus(number), max(number, 0) + log1p(exp(-abs(number))), at: number) <= 4, "\(number)")
      #expect(units(st_erf(number), erf(number), at: number) <= 4, "\(number)")
    }
    for small in stride(from: -0.4, through: 0.4, by: 0.001) {
      #expect(unitsBetween(st_expm1(small), expm1(small)) <= 6, "\(small)")
      #expect(unitsBetween(st_erf(small), erf(small)) <= 6, "\(small)")
    }
    #expect(st_expm1(.nan).isNaN && st_softplus(.nan).isNaN && st_erf(.nan).isNaN)
  }

  @Test func wholeNumbers() {
    let halves = stride(from: -40, through: 40, by: 0.25)
    for number in Self.numbers + halves {
      #expect(st_floor(number) == number.rounded(.down))
      #expect(st_ceil(number) == number.rounded(.up))
      #expect(st_trunc(number) == number.rounded(.towardZero))
      #expect(st_round_half_even(number) == number.rounded(.toNearestOrEven))
      #expect(st_round_half_away(number) == number.rounded(.toNearestOrAwayFromZero))
      let below = number.rounded(.towardZero)
      let wanted = abs(number - below) == 0.5 ? below : number.rounded(.toNearestOrEven)
      #expect(number.isInfinite || st_round_half_toward_zero(number) == wanted)
    }
  }

  @Test func clamping() {
    #expect(st_clip(5, -1, 3) == 3)
    #expect(st_clip(-5, -1, 3) == -1)
    #expect(st_clip(2, -1, 3) == 2)
    #expect(st_clip(.nan, -1, 3) == -1)
  }
}
