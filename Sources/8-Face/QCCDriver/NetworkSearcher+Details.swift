import Exploration
import Search

/// For pages.
extension NetworkSearcher {
  package func details(of found: Found) -> SearchDetails {
    let trials = found.search.trials.filter { $0.share == 1 }
    return details(
      trials, choice: choice(among: trials), front: found.front, chosen: found.chosen,
      cost: found.search.costs.function)
  }

  /// Of what was judged so far. What single changes cost is known from the widest network's shape.
  package func recordedDetails() throws -> SearchDetails {
    let trials = try recordedTrials
    let choice = choice(among: trials)
    let candidates = Self.candidates(of: trials)
    let widest = try quantizer.quantized(by: quantizer.calibrated(space.widths(at: space.space.widest)).plan)
    return details(
      trials, choice: choice, front: choice.front(of: candidates), chosen: choice.best(of: candidates),
      cost: try CostTable(settings.minimize, of: space, like: widest.compilation).function)
  }

  private func details(
    _ trials: [Trial], choice: TrialChoice, front: [Trial], chosen: Trial?, cost: SeparableFunction
  ) -> SearchDetails {
    SearchDetails(
      trials, choice: choice, front: front, chosen: chosen, space: space.space,
      references: [space.space.widest] + settings.widths.map(space.space.flat), cost: cost)
  }
}
