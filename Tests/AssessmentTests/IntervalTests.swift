import Numbers
import Testing

@testable import Assessment

@Suite struct IntervalTests {
  private func expect(_ interval: Interval, _ lower: Double, _ upper: Double) {
    #expect(abs(interval.lower - lower) < 1e-6 && abs(interval.upper - upper) < 1e-6, "\(interval)")
  }

  /// R: prop.test(90, 100, correct = FALSE), prop.test(0, 10, correct = FALSE)
  @Test func wilson() {
    expect(Interval(wilson: 90, of: 100), 0.8256343, 0.9447708)
    expect(Interval(wilson: 0, of: 10), 0, 0.2775328)
  }

  /// By hand: p = (3 - 8) / 102, variance ((3 + 8) / 102 - p^2) / 102.
  @Test func pairedDifference() {
    let center = -5.0 / 102
    let half = 1.959963984540054 * ((11.0 / 102 - center * center) / 102).squareRoot()
    expect(Interval(pairedDifference: 2, lost: 7, of: 100), center - half, center + half)
  }

  /// 3 of the 4 pairs are in order; the parts are 1/2 and 1 on both sides: variance 1/8 / 2 + 1/8 / 2.
  @Test func areaUnderCurve() {
    let area = AreaUnderCurve(scores: [3, 1, 5, 4], isAnomaly: [true, false, true, false])
    #expect(area.value == 0.75)
    expect(area.interval, 0.75 - 1.959963984540054 * 0.125.squareRoot(), 1)
    expect(area.interval(ofDifferenceTo: area), 0, 0)
  }

  @Test func tiesCountHalf() {
    #expect(AreaUnderCurve(scores: [1, 1, 2], isAnomaly: [true, false, true]).value == 0.75)
    #expect(AreaUnderCurve(scores: [2, 2], isAnomaly: [true, false]).value == 0.5)
  }
}

@Suite struct DistortionTests {
  private func expect(_ found: Double?, _ wanted: Double) {
    #expect(found.map { abs($0 - wanted) < 1e-12 } == true, "\(String(describing: found))")
  }

  /// 10 log10((9 + 16) / 1)
  @Test func decibels() {
    var distortion = Distortion()
    distortion.append([3, 4], [3, 3])
    expect(distortion.decibels, 13.979400086720375)
    #expect(distortion.interval == nil)
    distortion.append([0, 5], [0, 5])
    expect(distortion.decibels, 16.989700043360187)
  }

  @Test func nothingIsLostOrThere() {
    var distortion = Distortion()
    distortion.append([1], [1])
    #expect(distortion.decibels == nil)
    distortion = Distortion()
    distortion.append([0], [1])
    #expect(distortion.decibels == nil)
  }

  /// Two classes with odds 1 and 3: sum of p log(p / q) with p = 1/2 and q = 1/4, 3/4.
  @Test func divergences() {
    let wanted = 0.5 * 2.0.logarithm + 0.5 * (2.0 / 3).logarithm
    expect(divergence(ofLogits: [0, 3.0.logarithm], from: [7, 7]), wanted)
  }
}

extension Double {
  /// By its series, apart from the library's.
  fileprivate var logarithm: Double {
    let ratio = (self - 1) / (self + 1)
    var (sum, power) = (0.0, ratio)
    for k in 0..<200 {
      sum += power / Double(2 * k + 1)
      power *= ratio * ratio
    }
    return 2 * sum
  }
}
