import Diagnostics
import Plans
import Testing

@Suite struct PlanJSONTests {
  @Test func aPlanReadsBack() throws {
    let plan = QuantizationPlan(
      maps: [
        "in \"1\"\n": MapPlan(bits: 8, scale: 0.1, zeroPoint: 128, factors: [1, 0.3]),
        "r": MapPlan(bits: 4, isSigned: true, scheme: .powerOfTwo, scale: 0x1p-7), "s": MapPlan(bits: 4),
      ],
      weights: [
        "a": WeightPlan(bits: 4, scales: [0.3, 1e-7], codes: [-8, 7]), "b": WeightPlan(bits: 16, isPerChannel: false),
      ],
      biases: ["a": BiasPlan(bits: 31, scales: [1e-9], codes: [1 << 29, -5]), "b": BiasPlan(bits: 16)])
    #expect(try QuantizationPlan(json: Array(plan.json.utf8), file: "plan.json") == plan)
  }

  @Test func emptyPlansAreJSONToo() throws {
    #expect(try QuantizationPlan(json: Array(QuantizationPlan().json.utf8), file: "plan.json") == QuantizationPlan())
  }

  @Test func whatIsWrongIsSaidWithItsPath() {
    let text = """
      {"maps": {"a": {"bits": "four"}, "b": {"bits": 4, "scheme": "log"}}, "weights": {"c": {"bits": 4, "width": 3}},
       "kernels": {}}
      """
    let problems = #expect(throws: Diagnostics.self) { try QuantizationPlan(json: Array(text.utf8), file: "plan.json") }
    #expect(
      problems?.all.map(\.found) == [
        "the document has the keys 'kernels'", "'maps.a.bits' is the string \"four\"", "'maps.b' has the scheme 'log'",
        "'weights.c' has the keys 'width'",
      ])
    #expect(problems?.all.allSatisfy { $0.location.file == "plan.json" } == true)
  }
}
