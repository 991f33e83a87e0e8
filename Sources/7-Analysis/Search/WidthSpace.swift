import Diagnostics
import Exploration
import Plans
import QIR

/// The widths of a network as a space: those of every layer's weights, and those of every map, with the maps that it meets.
package struct WidthSpace: Sendable {
  /// What one variable decides.
  package enum Decision: Sendable, Hashable {
    /// Of a layer.
    case weights(String)
    /// Of maps that have one width.
    case maps([String])
  }

  package let network: FloatNetwork
  package let space: Space
  /// By variable.
  package let decisions: [Decision]
  /// By layer.
  let weightVariables: [String: Int]
  /// By map.
  let mapVariables: [String: Int]
  private let scheme: MapPlan.Scheme

  /// Inputs are what a network knows, and what no layer reads is compared: where no limit says otherwise they have this many
  /// bits at least.
  private static let leastAtEnds = 8

  /// - Throws: `Diagnostics` where limits name nothing, or leave nothing.
  package init(
    _ network: FloatNetwork, widths: [Int], limits: [WidthLimit] = [], scheme: MapPlan.Scheme = .affine
  ) throws(Diagnostics) {
    self.network = network
    self.scheme = scheme
    let graph = network.graph
    let groups = Self.groups(of: network)
    var problems = Diagnostics()
    var variables: [Space.Variable] = []
    var decisions: [Decision] = []
    let read = Set(network.layers.flatMap(network.mapsRead(by:)))
    let ends = Set(network.results).subtracting(read).union(graph.inputs)
    for id in graph.ids {
      if graph[id].op is any LinearOperator {
        let name = graph[id].name
        variables.append(.init("\(name).weights", Self.choices(widths, limits.filter { $0.fits(layer: name) })))
        decisions.append(.weights(name))
      }
      if let group = groups.first(where: { $0[0] == id }) {
        let names = group.map { graph[$0].name }
        let own = limits.filter { limit in names.contains { limit.fits(map: $0) } }
        var choices = Self.choices(widths, own)
        if own.isEmpty, !ends.isDisjoint(with: group), let widest = choices.last {
          choices = choices.filter { $0 >= Self.leastAtEnds }
          if choices.isEmpty { choices = [widest] }
        }
        variables.append(.init("\(names[0]).maps", choices))
        decisions.append(.maps(names))
      }
    }
    space = Space(variables)
    self.decisions = decisions
    var (weightVariables, mapVariables): ([String: Int], [String: Int]) = ([:], [:])
    for (variable, decision) in decisions.enumerated() {
      switch decision {
      case .weights(let name): weightVariables[name] = variable
      case .maps(let names): for name in names { mapVariables[name] = variable }
      }
    }
    (self.weightVariables, self.mapVariables) = (weightVariables, mapVariables)
    let layers = network.layers.map { graph[$0].name }
    let maps = network.maps.map { graph[$0].name }
    for limit in limits where !layers.contains(where: limit.fits(layer:)) && !maps.contains(where: limit.fits(map:)) {
      problems.report(
        "the limit '\(limit.text)' fits nothing in the network", at: .init(file: graph.file),
        supported: "layers \(layers.quotedList); maps \(maps.quotedList)")
    }
    for variable in variables where variable.choices.isEmpty {
      problems.report(
        "the limits leave '\(variable.name)' no width", at: .init(file: graph.file),
        supported: "at least one of the widths \(widths.map(String.init).joined(separator: ", "))")
    }
    try problems.throwIfErrors()
  }

  private static func choices(_ widths: [Int], _ limits: [WidthLimit]) -> [Int] {
    // A limit may name widths that the rest of the network does not have.
    limits.reduce(Set(widths)) { limits.count == 1 ? Set($1.bits) : $0.intersection($1.bits) }.sorted()
  }

  /// Maps that have one width, because they meet, each with its first in front; in order.
  private static func groups(of network: FloatNetwork) -> [[NodeID]] {
    var groups = network.maps.map { [$0] }
    for tie in network.ties {
      let meeting = groups.filter { !Set($0).isDisjoint(with: tie.maps) }
      groups.removeAll { meeting.contains($0) }
      groups.append(meeting.flatMap { $0 }.sorted())
    }
    return groups.sorted { $0[0] < $1[0] }
  }

  // MARK: Points

  package func weightBits(of layer: String, at point: Point) -> Int { bits(weightVariables[layer], point) }

  package func mapBits(of map: String, at point: Point) -> Int { bits(mapVariables[map], point) }

  private func bits(_ variable: Int?, _ point: Point) -> Int {
    variable.map { space.variables[$0].choices[point[$0]] } ?? 0
  }

  /// A plan of widths alone.
  package func widths(at point: Point) -> QuantizationPlan {
    var flat = PlanWidths()
    flat.scheme = scheme
    var plan = QuantizationPlan(flat, for: network)
    for name in plan.maps.keys { plan.maps[name]?.bits = mapBits(of: name, at: point) }
    for name in plan.weights.keys { plan.weights[name]?.bits = weightBits(of: name, at: point) }
    return plan
  }

  /// The point of a plan; nil where it has widths that are no choices.
  package func point(of plan: QuantizationPlan) -> Point? {
    var choices: [Int] = []
    for (variable, decision) in zip(space.variables, decisions) {
      let bits: Int? =
        switch decision {
        case .weights(let name): plan.weights[name]?.bits
        case .maps(let names): plan.maps[names[0]]?.bits
        }
      guard let bits, let choice = variable.choices.firstIndex(of: bits) else { return nil }
      choices.append(choice)
    }
    return Point(choices)
  }
}
