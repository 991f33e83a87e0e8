import Foundation
import TestSupport
import Testing

@testable import Exploration

@Suite struct ForgivingScoreTests {
  /// Trials that were published with what QKeras printed: `delta_p=0.05`, rate 2, `delta=5.43%`.
  @Test(arguments: [
    (3_486_086.0, 1_641_510.0, "5.43"), (1_535_460, 574_820, "7.09"), (7_787_182, 3_718_680, "5.33"),
  ])
  func publishedTrials(reference: Double, trial: Double, printed: String) {
    for isCompatible in [true, false] {
      let score = ForgivingScore(.bits, deltaP: 5, deltaN: 5, isCompatible: isCompatible)
      #expect(String(format: "%.2f", 100 * score.delta(reference: reference, trial: trial)) == printed)
    }
  }

  /// What QKeras 0.9.0 says of random networks (testdata/forgiving/make.py).
  private struct Case: Decodable {
    var goal: String
    var deltaP, deltaN, rate, stress, reference, trial, metric, delta, score: Double
  }

  @Test func qkeras() throws {
    let data = try Data(contentsOf: Repository.root.appending(path: "testdata/forgiving/cases.json"))
    let cases = try JSONDecoder().decode([Case].self, from: data)
    #expect(cases.count == 20)
    for one in cases {
      let score = ForgivingScore(
        one.goal == "bits" ? .bits : .energy, deltaP: one.deltaP, deltaN: one.deltaN, rate: one.rate,
        stress: one.stress)
      #expect(score.delta(reference: one.reference, trial: one.trial) == one.delta, "\(one)")
      #expect(score.score(metric: one.metric, reference: one.reference, trial: one.trial) == one.score, "\(one)")
    }
  }

  /// Half the size for one halving, twice the size for one doubling; on the way the reference is made half as large.
  @Test func byHand() {
    let score = ForgivingScore(.cycles, deltaP: 4, deltaN: 10, isCompatible: false)
    #expect(score.score(metric: 0.5, reference: 1024, trial: 512) == 0.52)
    #expect(score.score(metric: 0.5, reference: 512, trial: 1024) == 0.45)
    #expect(score.score(metric: 0.5, reference: 512, trial: 512) == 0.5)
    let stressed = ForgivingScore(.energy, deltaP: 4, deltaN: 10, stress: 0.5, isCompatible: false)
    #expect(stressed.score(metric: 0.5, reference: 512, trial: 512) == 0.45)
  }

  /// QKeras forgets it where it compares energies, and nowhere else.
  @Test func stress() {
    func delta(_ measure: ForgivingScore.Measure, _ stress: Double, _ isCompatible: Bool) -> Double {
      ForgivingScore(measure, stress: stress, isCompatible: isCompatible).delta(reference: 1000, trial: 700)
    }
    #expect(delta(.energy, 0.5, true) == delta(.energy, 1, true))
    for isCompatible in [true, false] {
      for measure in [ForgivingScore.Measure.bits, .cycles] + (isCompatible ? [] : [.energy]) {
        #expect(delta(measure, 0.5, isCompatible) < 0 && delta(measure, 1, isCompatible) > 0)
      }
    }
  }
}
