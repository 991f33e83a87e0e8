import ArgumentParser
import Exploration
import QCCDriver
import Search

/// One number that a search is to make large.
struct ScoreOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case forgiving }

  @Option(
    help: "Chooses the network of the largest score, AutoQKeras': a metric that forgives what smaller networks lose.")
  var score: Kind?

  @Option(
    name: .customLong("delta-p"),
    help: ArgumentHelp("Percent forgiven where the network is smaller by the rate. Default: 8.", valueName: "percent"))
  var deltaP: Double?

  @Option(
    name: .customLong("delta-n"),
    help: ArgumentHelp("Percent fined where the network is larger by the rate. Default: 8.", valueName: "percent"))
  var deltaN: Double?

  @Option(help: ArgumentHelp("Of sizes, above 1. Default: 2.", valueName: "factor"))
  var rate: Double?

  @Option(help: ArgumentHelp("What the reference's size is multiplied by. Default: 1.", valueName: "factor"))
  var stress: Double?

  @Option(
    help: ArgumentHelp("The flat network that sizes are compared with, one of --widths. Default: 8.", valueName: "bits")
  )
  var referenceBits: Int?

  @Flag(help: "Scores in float32, and no stress on energy, as QKeras 0.9.0 has it.")
  var qkerasCompatible = false

  /// - Throws: `ValidationError` where the options make no score of what is minimized.
  func validate(minimize: Costs.Kind, widths: [Int]) throws {
    let numbers = [
      ("--delta-p", deltaP, 0.0), ("--delta-n", deltaN, 0), ("--rate", rate, 1.nextUp), ("--stress", stress, 0.nextUp),
    ]
    if score == nil {
      if let (name, _, _) = numbers.first(where: { $0.1 != nil }) {
        throw ValidationError("\(name) is for --score forgiving")
      }
      if referenceBits != nil { throw ValidationError("--reference-bits is for --score forgiving") }
      if qkerasCompatible { throw ValidationError("--qkeras-compatible is for --score forgiving") }
      return
    }
    if ForgivingScore.Measure(minimize) == nil {
      throw ValidationError("--score forgiving is of --minimize bits, energy or cycles, not \(minimize.rawValue)")
    }
    for (name, value, least) in numbers {
      guard let value, !(value >= least && value.isFinite) else { continue }
      throw ValidationError("\(name) takes \(least > 0 ? "more than \(Int(least))" : "0 or more"), not \(value)")
    }
    let bits = referenceBits ?? SearchSettings().referenceBits
    if !widths.contains(bits) {
      throw ValidationError("--reference-bits takes one of the widths, not \(bits)")
    }
  }

  func apply(to settings: inout SearchSettings) {
    guard score != nil, let measure = ForgivingScore.Measure(settings.minimize) else { return }
    var formula = ForgivingScore(measure, isCompatible: qkerasCompatible)
    formula.deltaP = deltaP ?? formula.deltaP
    formula.deltaN = deltaN ?? formula.deltaN
    formula.rate = rate ?? formula.rate
    formula.stress = stress ?? formula.stress
    settings.score = formula
    settings.referenceBits = referenceBits ?? settings.referenceBits
  }
}
