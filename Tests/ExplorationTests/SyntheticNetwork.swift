import Numbers

@testable import Exploration

/// What a search meets, without a network: a width for every layer's weights and for the maps between layers, some of which an
/// addition ties to earlier ones. A layer's tiles take a quarter, a half or all of their time, as its wider operand has it.
/// Losses are spread over three decades; what two variables beside each other lose together is up to 30 % more or less than
/// alone; large losses saturate; and every point has its own 5 %.
struct SyntheticNetwork {
  let space: Space
  let cost: SeparableFunction
  private let loss: SeparableFunction
  private let seed: UInt64

  private static let widths = [4, 8, 16]
  /// With all variables widest.
  private static let floor = 1e-5

  init(variables count: Int, seed: UInt64) {
    var random = SplitMix(seed: seed)
    var variables: [Space.Variable] = []
    var layers: [(maps: Int, weights: Int, tiles: Double)] = []
    var maps: [Int] = []
    while variables.count < count {
      if maps.count > 2, Int.random(in: 0..<4, using: &random) == 0 {
        maps.append(maps[maps.count - 2])
      } else {
        maps.append(variables.count)
        variables.append(Space.Variable("maps\(maps.count)", Self.widths))
      }
      guard variables.count < count else { break }
      let tiles = (20 * ElementaryMath.exponential2(Double.random(in: 0..<6, using: &random))).rounded()
      layers.append((maps[maps.count - 1], variables.count, tiles))
      variables.append(Space.Variable("weights\(layers.count)", Self.widths))
    }
    let space = Space(variables)
    cost = SeparableFunction(
      layers.map { layer in
        SeparableFunction.Term([layer.maps, layer.weights].sorted(), in: space) { choices in
          layer.tiles * Double(Self.widths[choices.max() ?? 0]) / 16
        }
      })
    let single = variables.indices.map { _ in
      let (size, slope) = (Double.random(in: -4 ..< -1, using: &random), Double.random(in: 0.6..<1, using: &random))
      return Self.widths.map { width in
        width == 16
          ? 0 : ElementaryMath.power(10, size) * ElementaryMath.exponential2(-2 * slope * Double(width - 4))
      }
    }
    var terms = variables.indices.map { variable in
      SeparableFunction.Term([variable], in: space) { single[variable][$0[0]] }
    }
    var neighbors = layers.map { [$0.maps, $0.weights].sorted() }
    neighbors += zip(maps, maps.dropFirst()).map { [$0, $1].sorted() }.filter { $0[0] != $0[1] }
    for pair in neighbors {
      terms.append(
        SeparableFunction.Term(pair, in: space) { choices in
          let both = single[pair[0]][choices[0]] * single[pair[1]][choices[1]]
          return Double.random(in: -0.3..<0.3, using: &random) * both.squareRoot()
        })
    }
    self.space = space
    loss = SeparableFunction(terms)
    self.seed = seed
  }

  /// On a share of 400 samples.
  func outcome(of request: Request) -> Outcome {
    let sum = Self.floor + max(0, loss.value(at: request.point))
    var random = SplitMix(seed: request.point.choices.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    let own = Double.random(in: -0.05..<0.05, using: &random) / request.share.squareRoot()
    let found = max(Self.floor, sum / (1 + sum / 2) * (1 + own))
    return Outcome(loss: found, drop: (found * 200).rounded() / 400)
  }

  /// Everything at the same width, as a person tries first.
  var references: [Point] { Self.widths.map { space.flat($0) } }

  /// Costs and decimal logarithms of losses: what a curve over decades shows.
  func hypervolume(of evaluated: [(Request, Outcome)]) -> Double {
    let widest = cost.value(at: space.widest)
    return Exploration.hypervolume(
      evaluated.filter { $0.0.share == 1 }.map {
        (cost.value(at: $0.0.point) / widest, ElementaryMath.decimalLogarithm($0.1.loss))
      }, corner: (1.01, 0))
  }
}

extension ExplorationMethod {
  /// Asks and tells to the end.
  ///
  /// - Parameter limit: of the batches.
  func run(batches limit: Int = .max, _ outcome: (Request) -> Outcome) -> [[(Request, Outcome)]] {
    var (method, batches) = (self, [[(Request, Outcome)]]())
    while batches.count < limit {
      let requests = method.ask()
      if requests.isEmpty { break }
      let outcomes = requests.map(outcome)
      method.tell(outcomes)
      batches.append(Array(zip(requests, outcomes)))
    }
    return batches
  }
}
