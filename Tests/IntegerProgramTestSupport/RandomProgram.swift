import IntegerProgram
import Numbers
import QIR
import Targets
import Tiling

/// Grows programs from random instructions, each range derived from what its instruction can reach.
package struct RandomProgram {
  package private(set) var program: IntegerProgram
  private var random: SplitMix
  /// Accumulators stay below this, so that the naive sums cannot overflow.
  private let limit = Int64(1) << 61

  package init(seed: UInt64, name: String = "random") {
    random = SplitMix(seed: seed)
    program = IntegerProgram(name: name)
  }

  // MARK: Choices

  package mutating func pick<Element>(_ values: [Element]) -> Element {
    values[Int.random(in: 0..<values.count, using: &random)]
  }
  package mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  private mutating func chance(_ percent: Int) -> Bool { integer(1...100) <= percent }

  private func signed(_ bits: Int) -> ClosedRange<Int64> { -(1 << Int64(bits - 1))...(1 << Int64(bits - 1)) - 1 }

  package mutating func codes(_ count: Int, in range: ClosedRange<Int64>) -> [Int64] {
    (0..<count).map { _ in
      switch integer(0...9) {
      case 0: range.lowerBound
      case 1: range.upperBound
      default: Int64.random(in: range, using: &random)
      }
    }
  }

  /// A sample of inputs.
  package mutating func inputs() -> [[Int64]] {
    program.inputs.map { id in
      let tensor = program[id]
      return codes(tensor.shape.elements, in: tensor.range)
    }
  }

  // MARK: Growing

  private mutating func tensor(_ shape: MapShape, _ range: ClosedRange<Int64>, encoding: Encoding? = nil) -> TensorID {
    program.add(
      ProgramTensor(
        name: "tensor \(program.tensors.count)", shape: shape, range: range,
        encoding: encoding ?? Encoding(scales: [0.1])))
  }

  @discardableResult package mutating func input(_ shape: MapShape, bits: Int) -> TensorID {
    let id = tensor(shape, signed(bits))
    program.inputs.append(id)
    return id
  }

  package mutating func markOutputs(_ outputs: [TensorID]) { program.outputs = outputs.map(program.output) }
  package mutating func rename(_ id: TensorID, _ name: String, encoding: Encoding) {
    program.tensors[id.index].name = name
    program.tensors[id.index].encoding = encoding
    markOutputs(program.outputs.map(\.tensor))
  }

  private func largest(_ range: ClosedRange<Int64>) -> Int64 { max(-range.lowerBound, range.upperBound) }

  private mutating func append(_ instruction: Instruction) { program.instructions.append(instruction) }
  private var nextName: String { "step \(program.instructions.count)/" }

  /// A stage for accumulators of `range`, and the codes it makes.
  package mutating func stage(
    _ range: ClosedRange<Int64>, channels: Int, bits: Int? = nil
  ) -> (OutputStage, ClosedRange<Int64>) {
    let kind = integer(0...9)
    if kind == 0, bits == nil { return (.accumulator, range) }
    let (requantization, codes) = requantization(range, channels: channels, bits: bits, table: kind <= 2)
    return (.requantize(requantization), codes)
  }

  package mutating func requantization(
    _ range: ClosedRange<Int64>, channels: Int, bits: Int? = nil, table: Bool = false
  ) -> (Requantization, ClosedRange<Int64>) {
    let bits = bits ?? pick([2, 3, 4, 4, 4, 6, 8, 8, 8, 11, 16, 16, 20, 33])
    let codes = signed(bits)
    let clamp = codes.lowerBound + Int64(integer(0...1))...codes.upperBound - Int64(integer(0...1))
    let count = chance(25) ? 1 : channels
    let wide = chance(20)
    let even = integer(0...3)
    let requantizers = PerChannel(channels: count) { _ -> Requantizer in
      if table { return .table(self.table(range, codes)) }
      return .affine(affine(range, bits, wide: wide, even: even == 0 || (even == 1 && chance(50))))
    }
    return (Requantization(channels: requantizers, clamp: clamp), clamp)
  }

  private mutating func affine(_ range: ClosedRange<Int64>, _ bits: Int, wide: Bool, even: Bool) -> AffineRequantizer {
    let accumulatorBits = 64 - largest(range).leadingZeroBitCount
    var shift = integer(0...(wide ? 110 : min(60, max(1, 60 - bits))))
    // Codes of about `bits` bits, sometimes a little beyond the clamp.
    var multiplierBits = bits - 1 + shift - accumulatorBits + integer(0...1)
    if multiplierBits > 60 {
      shift -= multiplierBits - 60
      multiplierBits = 60
    }
    shift = max(0, shift)
    var multiplier = multiplierBits < 1 ? 1 : Int64.random(in: 1...(1 << Int64(multiplierBits)), using: &random)
    if even, chance(50) { multiplier = 1 << Int64(max(0, multiplierBits)) }
    if chance(20) { multiplier = -multiplier }
    let addendBits = min(shift + bits - 1, wide ? 120 : 60)
    let addend = Int128.random(in: -(1 << Int128(addendBits))...(1 << Int128(addendBits)), using: &random)
    let rounded = even && chance(50) ? (addend >> Int128(max(0, shift - 1))) << Int128(max(0, shift - 1)) : addend
    return AffineRequantizer(
      multiplier: multiplier, addend: rounded, shift: shift, rounding: even ? .halfEven : .floor,
      offset: even ? Int64(integer(-3...3)) : 0)
  }

  private mutating func table(_ range: ClosedRange<Int64>, _ codes: ClosedRange<Int64>) -> ThresholdTable {
    var thresholds = Set<Int64>()
    for _ in 0..<pick([0, 1, 3, 20]) { thresholds.insert(Int64.random(in: range, using: &random)) }
    return ThresholdTable(
      thresholds: thresholds.sorted(),
      codes: (0...thresholds.count).map { _ in Int64.random(in: codes, using: &random) })
  }
}

// MARK: Instructions

extension RandomProgram {
  package mutating func linear(
    _ source: TensorID, engine: EngineKind, bits: Int? = nil, weightBits: Int? = nil
  ) -> TensorID {
    let input = program[source]
    let map = input.shape
    var shape = LinearLayerShape(
      engine: engine, input: MapExtents(rows: map.rows, columns: map.columns, channels: map.channels),
      output: MapExtents(rows: 1, columns: 1, channels: integer(1...9)))
    switch engine.reduction {
    case .group where !engine.hasPixels:
      shape.input = MapExtents(rows: 1, columns: 1, channels: map.elements)
    case .group:
      shape.groups = pick([1, 1, 1, map.channels].filter { map.channels.isMultiple(of: $0) })
      shape.output.channels = shape.groups * integer(1...(shape.groups > 1 ? 2 : 9))
    case .ownChannel:
      shape.channelMultiplier = pick([1, 1, 2, 3])
      shape.output.channels = map.channels * shape.channelMultiplier
    }
    if engine != .fullyConnected, !chance(25) {
      shape.kernel = Extents(rows: integer(1...5), columns: integer(1...5))
      shape.padding = .init(top: integer(0...2), left: integer(0...2))
      shape.dilation = Extents(rows: pick([1, 1, 2]), columns: pick([1, 1, 3]))
    }
    if engine != .fullyConnected {
      shape.stride = Extents(rows: integer(1...3), columns: integer(1...2))
      // As many pixels as fit, and sometimes one that hangs over the end.
      func extent(_ input: Int, _ padding: Int, _ kernel: Int, _ dilation: Int, _ stride: Int, _ extra: Int) -> Int {
        max(1, (input + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1 + extra)
      }
      shape.output.rows = extent(
        map.rows, shape.padding.top, shape.kernel.rows, shape.dilation.rows, shape.stride.rows,
        shape.isPointwise || shape.kernel == .one ? 0 : integer(0...1))
      shape.output.columns = extent(
        map.columns, shape.padding.left, shape.kernel.columns, shape.dilation.columns, shape.stride.columns, 0)
    }
    let taps = shape.kernel.rows * shape.kernel.columns * shape.reducedChannels
    var weightBits = weightBits ?? pick([2, 4, 4, 4, 8, 8, 13, 16, 24, 40])
    while Int128(largest(input.range)) * Int128(taps + 1) * (1 << Int128(weightBits)) > Int128(limit) {
      weightBits -= 1
    }
    precondition(weightBits > 1, "a random layer's sums fit")
    let weightRange = signed(weightBits)
    shape.activationBits = input.type.bits
    shape.weightBits = weightBits
    shape.inputLimbs = input.limbs
    shape.weightLimbs = limbCount(of: weightRange)
    let weights = codes(taps * shape.output.channels, in: weightRange)
    let bound = largest(input.range) * Int64(taps) * largest(weightRange) + 1000
    let range = -bound...bound
    let (stage, codes) = stage(range, channels: shape.output.channels, bits: bits)
    let output = tensor(
      MapShape(rows: shape.output.rows, columns: shape.output.columns, channels: shape.output.channels), codes)
    let layer = LinearInstruction(
      name: nextName, input: source, output: output, shape: shape,
      paddingCode: Int64.random(in: input.range, using: &random),
      weights: IntegerArray(weights), initial: self.codes(shape.output.channels, in: -1000...1000),
      accumulatorRange: range,
      stage: stage)
    append(.linear(layer))
    return output
  }

  /// A product is a sum where accumulators would grow beyond the limit.
  package mutating func combine(_ sources: [TensorID]) -> TensorID {
    let shape = program[sources[0]].shape
    let offsets = [0, 0, 5, -100]
    let terms = sources.map { source in
      CombineInstruction.Term(
        input: source, coefficients: perChannel(shape.channels, (-9...9).map { $0 }),
        offsets: perChannel(shape.channels, offsets))
    }
    let most = terms.map { 9 * largest(program[$0.input].range) + 100 }
    let product = most.reduce(Int128(1)) { $0 * Int128($1) }
    var operation = pick(CombineInstruction.Operation.allCases)
    if operation == .product, product > Int128(limit) { operation = .sum }
    let bound = operation == .product ? Int64(product) : most.reduce(0, +)
    let (stage, codes) = dividingStage(-bound...bound, channels: shape.channels)
    let output = tensor(shape, codes)
    append(
      .combine(
        .init(
          name: nextName, operation: operation, terms: terms, output: output, accumulatorRange: -bound...bound,
          stage: stage)))
    return output
  }

  /// Of each row of a map's pixels with itself, the second transposed, or of that with the map.
  package mutating func matrixProduct(_ source: TensorID) -> TensorID {
    let input = program[source]
    let factors = [source, source].map {
      CombineInstruction.Term(
        input: $0, coefficients: [Int64(pick([1, 1, -1, 3]))], offsets: [Int64(pick([0, 7, -128]))])
    }
    // With itself it fits one way only, but where its matrices are square.
    let isSquare = input.shape.columns == input.shape.channels
    let transposes = isSquare ? chance(50) : true
    let most = Int128(3 * largest(input.range) + 128)
    guard most < 1 << 24 else { return requantize(source) }
    let bound = Int64(most * most) * Int64(input.shape.channels)
    let columns = transposes ? input.shape.columns : input.shape.channels
    let (stage, codes) = stage(-bound...bound, channels: columns)
    let output = tensor(
      MapShape(rows: input.shape.rows, columns: input.shape.columns, channels: columns), codes)
    append(
      .matrixProduct(
        .init(
          name: nextName, first: factors[0], second: factors[1], transposesSecond: transposes, output: output,
          accumulatorRange: -bound...bound, stage: stage)))
    return output
  }

  private mutating func perChannel(_ channels: Int, _ values: [Int]) -> PerChannel<Int64> {
    PerChannel(channels: chance(50) ? 1 : channels) { _ in Int64(pick(values)) }
  }

  /// One that divides now and then.
  private mutating func dividingStage(
    _ range: ClosedRange<Int64>, channels: Int
  ) -> (OutputStage, ClosedRange<Int64>) {
    guard chance(25) else { return stage(range, channels: channels) }
    let codes = signed(pick([4, 8, 16]))
    let quotients = PerChannel(channels: chance(25) ? 1 : channels) { _ -> Requantizer in
      let multiplier = Int64(integer(-3...3))
      // Even and small ones have ties.
      let divisor =
        max(1, abs(multiplier) * largest(range) / codes.upperBound) * Int64(pick([1, 2])) + Int64(integer(0...3))
      return .quotient(
        QuotientRequantizer(
          multiplier: largest(range) < 1 << 58 ? multiplier : 1, addend: Int64(integer(-1000...1000)), divisor: divisor,
          offset: Int64(integer(-3...3))))
    }
    return (.requantize(Requantization(channels: quotients, clamp: codes)), codes)
  }

  package mutating func pool(_ source: TensorID, maximum: Bool, padded: Bool) -> TensorID {
    let input = program[source]
    let window = (rows: integer(1...min(3, input.shape.rows)), columns: integer(1...min(3, input.shape.columns)))
    let stride = (rows: integer(1...2), columns: integer(1...2))
    let padding =
      padded ? (top: integer(0...window.rows - 1), left: integer(0...window.columns - 1)) : (top: 0, left: 0)
    let overhang = padded ? 1 : 0
    let shape = MapShape(
      rows: (input.shape.rows + padding.top - window.rows) / stride.rows + 1
        + (window.rows > 1 && (input.shape.rows + padding.top - window.rows) % stride.rows > 0 ? overhang : 0),
      columns: (input.shape.columns + padding.left - window.columns) / stride.columns + 1,
      channels: input.shape.channels)
    let bound = Int64(window.rows * window.columns) * largest(input.range)
    let output: TensorID
    let kind: PoolInstruction.Kind
    if maximum {
      output = tensor(shape, input.range)
      kind = .maximum
    } else {
      let counts = insideCounts(input.shape, shape, window, stride, padding)
      let bits = pick([4, 8, 16])
      var stages: [Int: OutputStage] = [:]
      for count in counts.sorted() { stages[count] = stage(-bound...bound, channels: shape.channels, bits: bits).0 }
      output = tensor(shape, signed(bits))
      kind = .sum(stages: stages)
    }
    append(
      .pool(
        .init(
          name: nextName, input: source, output: output, window: window, stride: stride, padding: padding,
          accumulatorRange: -bound...bound, kind: kind)))
    return output
  }

  private func insideCounts(
    _ input: MapShape, _ output: MapShape, _ window: (rows: Int, columns: Int), _ stride: (rows: Int, columns: Int),
    _ padding: (top: Int, left: Int)
  ) -> Set<Int> {
    func inside(_ index: Int, _ extent: Int, _ window: Int, _ stride: Int, _ padding: Int) -> Int {
      (0..<window).filter { (0..<extent).contains(index * stride - padding + $0) }.count
    }
    var counts = Set<Int>()
    for row in 0..<output.rows {
      for column in 0..<output.columns {
        counts.insert(
          inside(row, input.rows, window.rows, stride.rows, padding.top)
            * inside(column, input.columns, window.columns, stride.columns, padding.left))
      }
    }
    return counts
  }

  package mutating func requantize(_ source: TensorID) -> TensorID {
    let input = program[source]
    let (requantization, codes) = requantization(input.range, channels: input.shape.channels, table: chance(30))
    let output = tensor(input.shape, codes)
    append(.requantize(.init(name: nextName, input: source, output: output, requantization: requantization)))
    return output
  }

  package mutating func concatenate(_ sources: [TensorID], axis: Int) -> TensorID {
    var shape = Shape(program[sources[0]].shape)
    for source in sources.dropFirst() { shape.extents[axis] += Shape(program[source].shape).extents[axis] }
    var start = [0, 0, 0]
    let parts = sources.map { source -> MoveInstruction.Part in
      let part = Shape(program[source].shape)
      defer { start[axis] += part.extents[axis] }
      return .init(
        input: source, box: BoxCopy(part, at: start, in: shape.extents), coefficient: Int64(pick([1, 1, -2, 5])),
        offset: Int64(pick([0, 0, 7])))
    }
    let bound = parts.map { abs($0.coefficient) * largest(program[$0.input].range) + abs($0.offset) }.max() ?? 0
    let output = tensor(shape.map, -bound...bound)
    append(.move(.init(name: nextName, parts: parts, output: output)))
    return output
  }

  package mutating func pad(_ source: TensorID) -> TensorID {
    let input = program[source]
    let (top, left) = (integer(0...2), integer(0...2))
    let shape = MapShape(
      rows: input.shape.rows + top + integer(0...2), columns: input.shape.columns + left + integer(0...2),
      channels: input.shape.channels)
    let output = tensor(shape, input.range)
    let box = BoxCopy(Shape(input.shape), at: [top, left, 0], in: Shape(shape).extents)
    append(
      .move(
        .init(
          name: nextName, parts: [.init(input: source, box: box)], fill: input.range.lowerBound, output: output)))
    return output
  }

  package mutating func transpose(_ source: TensorID) -> TensorID {
    let input = Shape(program[source].shape)
    let permutation = pick([[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    let box = BoxCopy(TransposeOp(permutation: permutation), of: input)
    return move(source, box, to: input.permuted(by: permutation))
  }

  /// Slices, repeats, reversals and any other positions along each axis.
  package mutating func select(_ source: TensorID) -> TensorID {
    let input = Shape(program[source].shape)
    let axes = input.extents.map { extent -> AxisPositions in
      switch integer(0...4) {
      case 0: .all
      case 1: .chosen(Array(stride(from: integer(0...extent - 1), to: extent, by: integer(1...2))))
      case 2: .chosen((0..<extent).flatMap { [$0, $0] })
      case 3: .chosen((0..<extent).reversed())
      default: .chosen((0..<integer(1...6)).map { _ in integer(0...extent - 1) })
      }
    }
    let shape = Shape(zip(axes, input.extents).map { $0.in($1).count })
    return move(source, BoxCopy(SelectOp(axes: axes), of: input), to: shape)
  }

  private mutating func move(_ source: TensorID, _ box: BoxCopy, to shape: Shape) -> TensorID {
    let output = tensor(shape.map, program[source].range)
    append(.move(.init(name: nextName, parts: [.init(input: source, box: box)], output: output)))
    return output
  }

  package mutating func flatten(_ source: TensorID) -> TensorID {
    let input = program[source]
    let output = tensor(MapShape(rows: 1, columns: 1, channels: input.shape.elements), input.range)
    append(.reshape(.init(name: nextName, input: source, output: output)))
    return output
  }
}

extension Shape {
  fileprivate init(_ map: MapShape) { self.init([map.rows, map.columns, map.channels]) }

  fileprivate var map: MapShape { MapShape(rows: extents[0], columns: extents[1], channels: extents[2]) }
}
