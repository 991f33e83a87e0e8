import Numbers
import QIR
import Quantization

/// Functions of single elements, sums, and what is done along channels.
extension GraphWriter {
  mutating func write(_ op: ElementwiseOp, _ id: NodeID) {
    let input = primary(graph[id].inputs[0])
    guard !op.functions.isEmpty else { return alias(id, [input]) }
    let steps = op.functions.flatMap { self.steps($0, id) }
    emit(steps, of: [input.name], making: id, in: input.order)
  }

  /// One function as operators.
  mutating func steps(_ function: RealFunction, _ id: NodeID) -> [Step] {
    let name = graph[id].name
    let location = graph.location(of: id)
    switch function {
    case .affine(let scale, let shift): return affineSteps([scale], [shift], shape: [], id)
    case .clip(let lower, let upper):
      if lower?.sign == 0, upper == nil { return [Step("Relu", suffix: "relu")] }
      let names = [
        lower.map { numbers([$0], "\(name)/lowest", at: location) },
        upper.map { numbers([$0], "\(name)/highest", at: location) },
      ]
      return [Step("Clip", constants: upper == nil ? [names[0] ?? ""] : names.map { $0 ?? "" }, suffix: "clipped")]
    case .leakyReLU(let slope):
      if slope.float == nil { reportUnsupported(function, id) }
      return [Step("LeakyRelu", attributes: [("alpha", .float(slope.float ?? 0))], suffix: "leaky")]
    case .thresholdedReLU(let threshold, let slope):
      // x where x > alpha, else 0
      guard slope.sign == 0, let threshold = threshold.float else { return reportUnsupported(function, id) }
      return [Step("ThresholdedRelu", attributes: [("alpha", .float(threshold))], suffix: "thresholded")]
    case .hardSwish(let shift, let upper):
      // (clip(x + shift, 0, upper) / upper) x
      let gate = affineSteps([.one], [shift], shape: [], id) + steps(.clip(lower: .zero, upper: upper), id)
      let quotient = affineSteps([.one / upper], [.zero], shape: [], id)
      return gate + quotient + [Step("Mul", joins: gate.count + quotient.count, suffix: "hswish")]
    case .curve(let curve): return steps(curve)
    }
  }

  private func steps(_ curve: Curve) -> [Step] {
    let name = curve.rawValue
    switch curve {
    case .sigmoid: return [Step("Sigmoid", suffix: name)]
    case .tanh: return [Step("Tanh", suffix: name)]
    case .exp: return [Step("Exp", suffix: name)]
    case .elu: return [Step("Elu", suffix: name)]
    case .softplus: return [Step("Softplus", suffix: name)]
    case .softsign: return [Step("Softsign", suffix: name)]
    case .erf: return [Step("Erf", suffix: name)]
    case .swish: return [Step("Sigmoid", suffix: "sigmoid"), Step("Mul", joins: 1, suffix: name)]
    case .mish: return [Step("Mish", suffix: name, opset: 18)]
    case .gelu: return [Step("Gelu", suffix: name, opset: 20)]
    case .geluTanh: return [Step("Gelu", attributes: [("approximate", .string("tanh"))], suffix: name, opset: 20)]
    }
  }

  /// scales x v + shifts: a product or, where only the inverse is a float32 number, a quotient; two products or two sums where
  /// a number is one of two float32 numbers.
  mutating func affineSteps(_ scales: [Rational], _ shifts: [Rational], shape: [Int], _ id: NodeID) -> [Step] {
    let name = graph[id].name
    let location = graph.location(of: id)
    var steps: [Step] = []
    if scales.contains(where: { $0 != .one }) {
      let inverses = scales.contains { $0.sign == 0 } ? [] : scales.map { .one / $0 }
      let isQuotient =
        scales.contains { $0.float == nil } && !inverses.isEmpty && inverses.allSatisfy { $0.float != nil }
      let factors = isQuotient ? nil : FloatPairs.factors(of: scales)
      steps.append(
        Step(
          isQuotient ? "Div" : "Mul",
          constants: [
            numbers(isQuotient ? inverses : factors?.first ?? scales, shape: shape, "\(name)/factor", at: location)
          ], suffix: "scaled"))
      if let factors {
        steps.append(
          Step("Mul", constants: [numbers([factors.second], "\(name)/factor", at: location)], suffix: "scaled"))
      }
    }
    if shifts.contains(where: { $0.sign != 0 }) {
      for summands in FloatPairs.summands(of: shifts) {
        steps.append(
          Step("Add", constants: [numbers(summands, shape: shape, "\(name)/shift", at: location)], suffix: "shifted"))
      }
    }
    return steps.isEmpty ? [Step("Identity")] : steps
  }

  mutating func clip(_ lowest: Float, _ highest: Float, _ name: String) -> Step {
    Step(
      "Clip",
      constants: [constant([lowest], named: "\(name)/lowest"), constant([highest], named: "\(name)/highest")],
      suffix: "clipped")
  }

  @discardableResult
  private mutating func reportUnsupported(_ function: RealFunction, _ id: NodeID) -> [Step] {
    problems.report(
      "the function \(function)", at: graph.location(of: id),
      supported: "sums and products with float32 numbers, clip, relu, leaky relu with a float32 slope, relu with a "
        + "threshold and no slope, hard swish, " + Curve.allCases.map(\.word).joined(separator: ", "))
    return []
  }

  mutating func write(_ op: BatchNormalizationOp, _ id: NodeID) {
    let order = channelsFirst(id)
    let node = graph[id]
    let input = tensor(node.inputs[0], in: order)
    let location = graph.location(of: id)
    let constants = [
      ("gamma", op.gamma), ("beta", op.beta), ("mean", op.mean), ("variance", op.variance),
    ].map { name, numbers in
      self.numbers(numbers.map { Rational($0) }, shape: [numbers.count], "\(node.name)/\(name)", at: location)
    }
    guard let epsilon = Rational(op.epsilon).float else {
      problems.report("an epsilon of \(op.epsilon)", at: location, supported: "float32 numbers")
      return
    }
    emit(
      [Step("BatchNormalization", constants: constants, attributes: [("epsilon", .float(epsilon))])], of: [input],
      making: id, in: order)
  }

  /// A product and a sum with numbers per channel, in any order of axes.
  mutating func write(_ op: AffineOp, _ id: NodeID) {
    let input = primary(graph[id].inputs[0])
    let steps = affineSteps(op.scale, op.shift, shape: perChannelShape(input, count: op.scale.count), id)
    emit(steps, of: [input.name], making: id, in: input.order)
  }

  mutating func write(_ op: PReLUOp, _ id: NodeID) {
    let input = primary(graph[id].inputs[0])
    let slopes = numbers(
      op.slopes, shape: perChannelShape(input, count: op.slopes.count), "\(graph[id].name)/slopes",
      at: graph.location(of: id))
    emit([Step("PRelu", constants: [slopes])], of: [input.name], making: id, in: input.order)
  }

  mutating func write(_ op: SoftmaxOp, _ id: NodeID) {
    let input = primary(graph[id].inputs[0])
    let axis = (input.order.firstIndex(of: input.order.count - 1) ?? 0) + 1
    emit([Step("Softmax", attributes: [("axis", .int(axis))])], of: [input.name], making: id, in: input.order)
  }

  mutating func write(_ op: MatrixProductOp, _ id: NodeID) {
    let inputs = graph[id].inputs
    let natural = Array(0..<graph[id].shape.rank)
    let second = op.transposesSecond ? natural.dropLast(2) + natural.suffix(2).reversed() : natural
    let operands = [tensor(inputs[0], in: natural), tensor(inputs[1], in: second)]
    emit([Step("MatMul")], of: operands, making: id, in: natural)
  }

  /// What is made of the tensors of one shape, two at a time.
  mutating func writeCombination(_ operatorType: String, _ id: NodeID) {
    let node = graph[id]
    let order = primary(node.inputs[0]).order
    let others = node.inputs.dropFirst().map { tensor($0, in: order) }
    emit(
      others.map { Step(operatorType, constants: [$0], suffix: "combined") }, of: [tensor(node.inputs[0], in: order)],
      making: id, in: order)
  }
}
