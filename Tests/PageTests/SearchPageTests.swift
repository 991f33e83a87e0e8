import Exploration
import Page
import Plans
import Search
import TestSupport
import Testing

/// The page of `qcc search`, made of values: a real network's is in CommandTests.
@Suite struct SearchPageTests {
  private let space = Space([.init("a.weights", [4, 8]), .init("b & c.maps", [4, 8])])

  private func trial(_ widths: [Int], loss: Double, cycles: Int, isThorough: Bool = false) throws -> Trial {
    let json = """
      {"widths": \(widths), "isThorough": \(isThorough), "share": 1,
      "costs": {"ideal": 4, "speedup": 2, "cycles": \(cycles), "cycleSpeedup": 1.5, "energy": 1e4, "bits": \(cycles * 10),
      "bytes": 100, "tiles": 4, "memory": 64},
      "verdict": {"loss": \(loss), "agreement": 0.9, "metric": 0.8, "floatMetric": 0.85, "drop": 0.05,
      "dropInterval": [-0.01, 0.11], "expectedDrop": 0.04}}
      """
    return try Trial(encoded: Array(json.utf8))
  }

  private func details(_ trials: [Trial], chosen: Trial?) throws -> SearchDetails {
    let cost = SeparableFunction(
      space.variables.indices.map { variable in
        .init([variable], in: space) { Double(100 * (variable + 1) * $0[0]) }
      })
    return SearchDetails(
      trials, choice: TrialChoice(SearchLimits(), minimize: .cycles, known: trials), front: chosen.map { [$0] } ?? [],
      chosen: chosen, space: space, references: [space.widest], cost: cost)
  }

  private func page(_ name: String, _ trials: [Trial], chosen: Trial?) throws -> String {
    func row(_ trial: Trial) -> TrialRow { TrialRow(QuantizationPlan(), trial.costs, trial.verdict) }
    let report = SearchReport(
      front: chosen.map { [row($0)] } ?? [], flat: [], chosen: chosen.map(row), minimize: "cycles",
      evaluations: trials.count, seconds: 1)
    return SearchPage(
      report, try details(trials, chosen: chosen), minimize: .cycles, file: name, network: name, target: name
    ).html()
  }

  private func four() throws -> [Trial] {
    try [
      trial([8, 8], loss: 0.001, cycles: 1300), trial([4, 8], loss: 0.004, cycles: 1200),
      trial([8, 4], loss: 0.011, cycles: 1100), trial([4, 4], loss: 0.02, cycles: 1000),
    ]
  }

  /// The loss of a change is that of the networks in which it was made alone.
  @Test func changesOfTheChosenNetwork() throws {
    let trials = try four()
    let details = try details(trials, chosen: trials[1])
    let weights = try #require(details.changes[0][8])
    #expect(weights.cost == 100 && abs((weights.loss ?? 0) + 0.003) < 1e-12 && details.changes[0][4] == nil)
    let maps = try #require(details.changes[1][4])
    #expect(maps.cost == -200 && abs((maps.loss ?? 0) - 0.01) < 1e-12)
    // 0.001 + 0.003 + 0.010 in place of 0.02.
    let prediction = try #require(details.predictions.first)
    #expect(details.predictions.count == 1 && abs(prediction.predicted - 0.014) < 1e-12 && prediction.exact == 0.02)
  }

  @Test func whatWasNotJudgedAloneIsNotKnown() throws {
    let trials = Array(try four().dropFirst().dropFirst())
    let details = try details(trials, chosen: trials[1])
    #expect(details.changes.allSatisfy { $0[8]?.loss == nil && $0[8] != nil } && details.predictions.isEmpty)
  }

  @Test(arguments: ["<style><script>alert(1)", "a & b", "x\" onload=\"alert(1)", "層"])
  func namesAreTextAndNothingElse(_ name: String) throws {
    let trials = try four()
    let page = ParsedPage(try page(name, trials, chosen: trials[2]))
    #expect(page.problem == nil)
    #expect(page.texts["h1"] == [name] && page.texts["script"] == nil && page.attributes["onload"] == nil)
    #expect(page.texts["th"]?.contains("b & c.maps") == true)
    // Four networks three times over, and those of the front beside them.
    #expect((page.attributes["cx"]?.count ?? 0) >= 3 * 4)
    let places = (page.attributes["cx"] ?? []) + (page.attributes["cy"] ?? [])
    #expect(places.allSatisfy { Double($0).map { (0...700).contains($0) } == true })
  }

  @Test func aSearchThatFoundNothingHasAPage() throws {
    for trials in [[], [try trial([8, 8], loss: 0, cycles: 1)]] {
      let page = ParsedPage(try page("net", trials, chosen: nil))
      #expect(page.problem == nil)
      #expect(page.attributes["id"]?.contains("changes") == false)
    }
  }
}
