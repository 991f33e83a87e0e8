import CValueKernels
import FloatEngine
import Threads

/// Finds the codes of a layer's weights with which its outputs, of quantized inputs, come nearest to the float ones.
struct LayerSolver: Sendable {
  /// Which output channels have a scale in common.
  enum ScaleSharing: Sendable {
    case none
    case withinGroup
    case all
  }

  let layer: LinearLayer
  /// The float weights, `[k][output channels]`, and biases.
  let weights: [Double]
  let biases: [Double]
  let bits: Int
  let sharing: ScaleSharing
  /// nil: no weight has to become 0.
  var pruning: Pruning?
  /// Tells its random numbers from those of other layers.
  var number = 0

  /// The largest code; the least is its opposite.
  private var top: Double { bits == 1 ? 1 : Double((1 << (bits - 1)) - 1) }
  private var channels: Int { layer.groups * layer.outputs }

  func fit(_ moments: Moments, by method: FitMethod, threads: Int = 1) -> LayerFit {
    var groups = (0..<layer.groups).map {
      Problem(moments[$0], weights: columns(of: $0), method, number: number * layer.groups + $0)
    }
    if pruning?.stage == .before { prune(&groups, by: groups.indices.map { columns(of: $0) }) }
    let scales = scales(of: groups)
    var fit = LayerFit(
      codes: Array(repeating: 0, count: weights.count),
      scales: [], biases: biases)
    var channelScales = scales
    var roundings = bits == 1 ? [] : roundings(of: groups, scales, method, threads: threads)
    if pruning?.stage == .after {
      prune(&groups, by: roundings.map(\.values))
      for group in roundings.indices { roundings[group].remove(groups[group].isPruned) }
    }
    for (group, problem) in groups.enumerated() {
      let first = group * layer.outputs
      let codes = bits == 1 ? problem.signs : roundings[group].codes
      if bits > 1 { channelScales.replaceSubrange(first..<(first + layer.outputs), with: roundings[group].scales) }
      for term in 0..<layer.terms {
        for output in 0..<layer.outputs {
          fit.codes[term * channels + first + output] = Int16(codes[term * layer.outputs + output])
        }
      }
      guard method != .plain else { continue }
      let corrections = problem.corrections(
        of: values(codes, channelScales, from: first), mayScale: mayScale)
      for (output, correction) in corrections.enumerated() {
        channelScales[first + output] *= correction.gain
        fit.biases[first + output] = correction.bias
      }
    }
    fit.scales =
      switch sharing {
      case .none: channelScales.map { Float($0) }
      case .withinGroup: stride(from: 0, to: channels, by: layer.outputs).map { Float(channelScales[$0]) }
      case .all: [Float(channelScales[0])]
      }
    return fit
  }

  /// Marks the weights that matter least in the whole layer.
  /// - Parameter weights: of each group, by which that is judged.
  private func prune(_ groups: inout [Problem], by weights: [[Double]]) {
    guard let pruning else { return }
    let isLeast = pruning.least(
      of: groups.indices.flatMap { groups[$0].scores(of: weights[$0], by: pruning.criterion) })
    let size = layer.terms * layer.outputs
    for group in groups.indices { groups[group].isPruned = Array(isLeast[(group * size)..<((group + 1) * size)]) }
  }

  /// Whether every output channel has a scale of its own.
  private var mayScale: Bool { sharing == .none || layer.outputs == 1 && sharing == .withinGroup }

  /// By group, for every channel, or all that have a scale in common, from the start that came nearest.
  private func roundings(
    of groups: [Problem], _ scales: [Double], _ method: FitMethod, threads: Int
  ) -> [Problem.Rounding] {
    var best: [Problem.Rounding] = []
    var errors = Array(repeating: Double.infinity, count: channels)
    let starts = method.damping == nil ? [1] : Self.starts
    let ends = concurrently(starts.count, threads: threads) { index in
      groups.enumerated().map { group, problem in
        let own = scales[(group * layer.outputs)..<((group + 1) * layer.outputs)]
        return problem.rounded(own.map { $0 * starts[index] }, top: top, mayScale: mayScale)
      }
    }
    for found in ends {
      if best.isEmpty { best = found }
      for (channel, error) in shared(found.flatMap(\.errors), { $0.reduce(0, +) }).enumerated()
      where error < errors[channel] {
        errors[channel] = error
        best[channel / layer.outputs].take(channel % layer.outputs, from: found[channel / layer.outputs])
      }
    }
    return best
  }

  /// Times the scales with which the nearest codes lose least: from each descent ends elsewhere.
  private static let starts = [1, 0.9, 1.1, 0.8, 1.2]

  /// The squared error of a fit's outputs.
  func error(of fit: LayerFit, on moments: Moments) -> Double {
    (0..<layer.groups).reduce(0) { total, index in
      let group = moments[index]
      let first = index * layer.outputs
      let scales = (0..<channels).map { Double(fit.scales[$0 * fit.scales.count / channels]) }
      let codes = columns(of: index, in: fit.codes.map { Double($0) })
      let products = group.products(of: values(codes, scales, from: first))
      return total
        + products.indices.reduce(0) {
          $0 + group.error($1, products[$1], gain: 1, bias: fit.biases[first + $1])
        }
    }
  }

  private func values(_ codes: [Double], _ scales: [Double], from first: Int) -> [Double] {
    codes.indices.map { codes[$0] * scales[first + $0 % layer.outputs] }
  }

  /// A group's columns of weights `[k][output channels]`.
  private func columns(of group: Int, in all: [Double]? = nil) -> [Double] {
    let all = all ?? weights
    guard layer.groups > 1 else { return all }
    return (0..<layer.terms).flatMap { term in
      let start = term * channels + group * layer.outputs
      return all[start..<(start + layer.outputs)]
    }
  }

  // MARK: Scales

  private static let fractions = (0..<27).map { 0.35 + 0.025 * Double($0) }

  /// Per output channel: of shrunken ranges of its weights the one whose nearest codes lose least, weighted with the inputs'
  /// variances.
  private func scales(of groups: [Problem]) -> [Double] {
    if bits == 1 { return shared(groups.flatMap(\.meanMagnitudes)) { $0.reduce(0, +) / Double($0.count) } }
    let starts = shared(groups.flatMap(\.largestMagnitudes)) { $0.max() ?? 0 }.map { $0 > 0 ? $0 / top : 1 }
    var best = (errors: Array(repeating: Double.infinity, count: channels), scales: starts)
    for fraction in Self.fractions {
      let scales = starts.map { $0 * fraction }
      let errors = groups.enumerated().flatMap { index, problem in
        problem.errors(Array(scales[(index * layer.outputs)..<((index + 1) * layer.outputs)]), top: top)
      }
      for (channel, error) in shared(errors, { $0.reduce(0, +) }).enumerated() where error < best.errors[channel] {
        best.errors[channel] = error
        best.scales[channel] = scales[channel]
      }
    }
    return best.scales
  }

  /// Channels with one scale have one number made of all of theirs.
  private func shared(_ numbers: [Double], _ combine: (ArraySlice<Double>) -> Double) -> [Double] {
    switch sharing {
    case .none: return numbers
    case .all: return Array(repeating: combine(numbers[...]), count: channels)
    case .withinGroup:
      return (0..<layer.groups).flatMap { group in
        let slice = numbers[(group * layer.outputs)..<((group + 1) * layer.outputs)]
        return Array(repeating: combine(slice), count: layer.outputs)
      }
    }
  }
}
