import Diagnostics
import Numbers
import QIR

extension QuantizationPlan {
  /// All that does not fit a network.
  package func problems(in network: FloatNetwork) -> Diagnostics {
    var problems = openProblems(in: network)
    let graph = network.graph
    for id in network.maps where maps[graph[id].name].map({ $0.scale == nil }) ?? false {
      problems.report(
        Diagnostic("no scale", fix: "calibrate the plan").located(graph.location(of: id), "map"))
    }
    for tie in network.ties where tie.sharesScale {
      let plans = tie.maps.compactMap { maps[graph[$0].name] }
      guard let first = plans.first, plans.contains(where: { $0 != first }) else { continue }
      problems.report(
        Diagnostic(
          "maps of several scales, which a concatenation puts side by side: \(names(tie, graph).quotedList)",
          at: .init(file: graph.file), supported: "one scale and zero point for all of them"))
    }
    return problems
  }

  /// All that does not fit a network, whatever calibration makes of what the plan leaves open.
  package func openProblems(in network: FloatNetwork) -> Diagnostics {
    var problems = widthProblems(in: network)
    let graph = network.graph
    for id in network.maps {
      guard let map = maps[graph[id].name] else { continue }
      for problem in map.problems { problems.report(problem.located(graph.location(of: id), "map")) }
    }
    for id in network.layers {
      guard let layer = graph[id].op as? any LinearOperator else { continue }
      let (name, location) = (graph[id].name, graph.location(of: id))
      for problem in weights[name]?.problems(in: layer) ?? [] { problems.report(problem.located(location, "kernel")) }
      for problem in biases[name]?.problems(channels: layer.outputChannels) ?? [] {
        problems.report(problem.located(location, "bias"))
      }
    }
    return problems
  }

  /// What is wrong with its widths, names and factors.
  package func widthProblems(in network: FloatNetwork) -> Diagnostics {
    let graph = network.graph
    var problems = Diagnostics()
    for (kind, planned, there, isNeeded) in [
      ("map", Set(maps.keys), network.maps, true), ("layer", Set(weights.keys), network.layers, true),
      ("bias of layer", Set(biases.keys), network.layers, false),
    ] {
      let names = there.map { graph[$0].name }
      let unknown = planned.subtracting(names).sorted()
      if !unknown.isEmpty {
        problems.report(
          Diagnostic(
            "the plan has a \(kind) \(unknown.quotedList), which the network has not", at: .init(file: graph.file),
            supported: names.quotedList))
      }
      let missing = names.filter { !planned.contains($0) }
      if isNeeded, !missing.isEmpty {
        problems.report(
          Diagnostic(
            "the plan has no \(kind) \(missing.quotedList)", at: .init(file: graph.file),
            fix: "give every map and layer its bits; a plan that qcc quantize writes has all of them"))
      }
    }
    func check(_ kind: String, _ widths: [String: Int], _ supported: ClosedRange<Int>) {
      for (name, bits) in widths.sorted(by: { $0.key < $1.key }) where !supported.contains(bits) {
        problems.report(
          Diagnostic(
            "\(bits) bits", at: .init(file: graph.file, layer: name, tensor: kind),
            supported: "\(supported.lowerBound) to \(supported.upperBound) bits"))
      }
    }
    check("map", maps.mapValues(\.bits), MapPlan.widths)
    check("kernel", weights.mapValues(\.bits), WeightPlan.widths)
    check("bias", biases.mapValues(\.bits), BiasPlan.widths)
    for id in network.maps {
      let channels = network.edge(of: id) == nil ? 0 : graph[id].shape.channels
      for problem in maps[graph[id].name]?.factorProblems(channels: channels) ?? [] {
        problems.report(problem.located(graph.location(of: id), "map"))
      }
    }
    for tie in network.ties where Set(tie.maps.compactMap { maps[graph[$0].name]?.bits }).count > 1 {
      let widths = tie.maps.map { "\(graph[$0].name): \(maps[graph[$0].name]?.bits ?? 0) bits" }
      problems.report(
        Diagnostic(
          "maps that meet have different widths: \(widths.joined(separator: ", "))", at: .init(file: graph.file),
          supported: "one width for maps that a sum or a concatenation takes"))
    }
    return problems
  }

  private func names(_ tie: FloatNetwork.Tie, _ graph: Graph) -> [String] { tie.maps.map { graph[$0].name } }
}

extension MapPlan {
  fileprivate var problems: [Diagnostic] {
    guard Self.widths.contains(bits) else { return [] }
    var problems = scaleProblems(scale.map { [$0] }, counts: [1])
    if let scale, scale.isNormal, scheme == .powerOfTwo, scale.significand != 1 {
      problems.append(Diagnostic("a scale of \(scale)", supported: "powers of two in the scheme powerOfTwo"))
    }
    let zeroPoints = scheme == .affine ? codes : 0...0
    if !zeroPoints.contains(Int64(zeroPoint)) {
      problems.append(
        Diagnostic(
          "a zero point of \(zeroPoint)",
          supported: zeroPoints == 0...0
            ? "0 in the scheme \(scheme.rawValue)" : "\(zeroPoints.lowerBound) to \(zeroPoints.upperBound)"))
    }
    return problems
  }
}

extension MapPlan {
  fileprivate func factorProblems(channels: Int) -> [Diagnostic] {
    if factors.isEmpty { return [] }
    guard factors.count == channels else {
      return [
        Diagnostic(
          "\(factors.count) factors",
          supported: channels == 0
            ? "none but at the first map between layers, where ReLUs, sums and pooling are all that stands there"
            : "\(channels), one per channel")
      ]
    }
    let odd = factors.first { !$0.isNormal || $0 < 0 }
    return odd.map { [Diagnostic("a factor of \($0)", supported: "numbers above 0")] } ?? []
  }
}

extension WeightPlan {
  fileprivate func problems(in layer: any LinearOperator) -> [Diagnostic] {
    guard Self.widths.contains(bits) else { return [] }
    let counts = isPerChannel ? [1, layer.kernel.shape[layer.scaleAxis]] : [1]
    var problems =
      scaleProblems(scales, counts: counts)
      + codeProblems(codes, of: scales, in: range, count: layer.kernel.elements)
    if bits == 1, codes?.contains(0) ?? false {
      problems.append(Diagnostic("codes of 0", supported: "signs, -1 and 1, in one bit"))
    }
    return problems
  }
}

extension BiasPlan {
  fileprivate func problems(channels: Int) -> [Diagnostic] {
    guard Self.widths.contains(bits) else { return [] }
    return scaleProblems(scales, counts: [1, channels]) + codeProblems(codes, of: scales, in: range, count: channels)
  }
}

private func scaleProblems(_ scales: [Float]?, counts: [Int]) -> [Diagnostic] {
  guard let scales else { return [] }
  var problems: [Diagnostic] = []
  if !counts.contains(scales.count) {
    problems.append(
      Diagnostic("\(scales.count) scales", supported: Set(counts).sorted().map(String.init).joined(separator: " or ")))
  }
  if let odd = scales.first(where: { !$0.isNormal || $0 < 0 }) {
    problems.append(Diagnostic("a scale of \(odd)", supported: "numbers above 0"))
  }
  return problems
}

private func codeProblems(
  _ codes: IntegerArray?, of scales: [Float]?, in range: ClosedRange<Int64>, count: Int
) -> [Diagnostic] {
  guard let codes else { return [] }
  var problems: [Diagnostic] = []
  if scales == nil {
    problems.append(Diagnostic("codes without scales", fix: "give the scales that they belong to, or leave both out"))
  }
  if codes.count != count { problems.append(Diagnostic("\(codes.count) codes", supported: "\(count)")) }
  let found = codes.range
  if !range.contains(found.lowerBound) || !range.contains(found.upperBound) {
    problems.append(
      Diagnostic(
        "codes from \(found.lowerBound) to \(found.upperBound)",
        supported: "\(range.lowerBound) to \(range.upperBound) in the width of the plan"))
  }
  return problems
}

extension Diagnostic {
  fileprivate func located(_ location: Location, _ tensor: String) -> Diagnostic {
    var located = self
    located.location = location
    located.location.tensor = tensor
    return located
  }
}
