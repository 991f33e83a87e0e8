import Diagnostics

extension TilingProblem {
  /// Judges any nest: that it tells the engine what makes sense in every turn of its loops, and, as for a plan, that every
  /// multiplication happens exactly once and that every tile fits.
  /// - Throws: `Diagnostics` with everything that is wrong with the nest; `layer` names it in them.
  package func verify(_ nest: TileNest, layer: String? = nil) throws(Diagnostics) {
    var verifier = NestVerifier(nest: nest, layer: layer)
    verifier.run()
    try verifier.problems.throwIfErrors()
    guard let plan = TilePlan(cutsOf: nest) else {
      verifier.report("no cuts along \(nest.width == nil ? "rows and columns" : "pixels") and channels")
      throw verifier.problems
    }
    try verify(plan, layer: layer)
  }
}

/// Goes through a nest once, in the order in which it stands there.
private struct NestVerifier {
  let nest: TileNest
  let layer: String?
  var problems = Diagnostics()
  private var loaded: Set<TileOperand> = []
  private var accumulates = false
  private var passes = 0
  private let axes: Set<TileAxis>

  init(nest: TileNest, layer: String?) {
    self.nest = nest
    self.layer = layer
    axes = Set(nest.cuts.map(\.axis))
  }

  mutating func run() {
    if axes.count != nest.cuts.count { report("an axis is cut twice") }
    run(nest.body, inside: [])
    if accumulates { report("accumulators that are not stored") }
    if passes != 1 { report("\(passes) passes", supported: "one, inside all loops") }
  }

  private mutating func run(_ nodes: [TileNode], inside: Set<TileAxis>) {
    for node in nodes {
      switch node {
      case .loop(let loop): run(loop.body, inside: inside.union(loop.cuts.map(\.axis)))
      case .command(let command): run(command, inside: inside)
      }
    }
  }

  private mutating func run(_ command: TileCommand, inside: Set<TileAxis>) {
    switch command {
    case .begin:
      requireOutputTile("begin", inside)
      if accumulates { report("accumulators that are not stored") }
      accumulates = true
    case .load(let operand):
      if !axes.subtracting(inside).allSatisfy({ !operand.depends(on: $0) }) {
        report("\(operand.rawValue) loaded outside a loop that it depends on")
      }
      loaded.insert(operand)
    case .pass:
      passes += 1
      if inside != axes { report("a pass outside a loop") }
      if !accumulates { report("a pass without a beginning") }
      for operand in TileOperand.allCases where !loaded.contains(operand) {
        report("a pass before its \(operand.rawValue) is loaded")
      }
    case .store:
      requireOutputTile("store", inside)
      if !accumulates || passes == 0 { report("a store without a pass") }
      accumulates = false
    }
  }

  /// Accumulators begin and end once per output tile.
  private mutating func requireOutputTile(_ what: String, _ inside: Set<TileAxis>) {
    if inside != axes.filter({ !$0.isReduced }) { report("\(what) elsewhere than around the whole reduction") }
  }

  mutating func report(_ found: String, supported: String? = nil) {
    problems.report("tile loops: \(found)", at: .init(layer: layer), supported: supported)
  }
}
