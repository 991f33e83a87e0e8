import Diagnostics

/// Turns the YAML of a target into an `Accelerator`.
struct TargetReader {
  private var reader: YAMLReader
  private let root: YAMLReader.Field
  private var constants: [Accelerator.Constant] = []

  init(text: String, file: String) throws(Diagnostics) {
    reader = YAMLReader(file: file)
    root = try reader.root(of: text)
  }

  mutating func accelerator() throws(Diagnostics) -> Accelerator {
    let names = ["name", "description"]
    let parts = ["operandPortBits", "modes", "engines", "cycles"]
    let isProcessor =
      root.node.members.map { members in !members.contains { parts.contains($0.key.text ?? "") } } ?? false
    let fields = reader.fields(
      of: root, required: isProcessor ? names : names + parts, optional: isProcessor ? [] : ["requantizer"])
    let name = reader.string(fields["name"])
    let summary = reader.string(fields["description"])
    if isProcessor {
      try reader.problems.throwIfErrors()
      return .processor(name: name, summary: summary, file: reader.file)
    }
    let operandPortBits = constant(fields["operandPortBits"], in: 1...32)
    let modes = modes(fields["modes"], portBits: operandPortBits)
    let engines = fields["engines"].map { reader.fields(of: $0, required: EngineKind.all.map(\.name)) } ?? [:]
    let kinds = EngineKind.all.map { engine($0, engines) }
    let cycles = cycleCosts(fields["cycles"])
    let requantizer = fields["requantizer"].map { reader.fields(of: $0, required: ["multiplierBits"]) }
    let requantizerBits = requantizer?["multiplierBits"].map { constant($0, in: 2...63) }
    try reader.problems.throwIfErrors()
    return Accelerator(
      name: name, summary: summary, operandPortBits: operandPortBits, modes: modes, engines: kinds,
      cycles: cycles, requantizerBits: requantizerBits, constants: constants, file: reader.file)
  }

  private mutating func modes(_ field: YAMLReader.Field?, portBits: Int) -> [MultiplierMode] {
    var modes: [MultiplierMode] = []
    for item in reader.items(of: field) {
      let fields = reader.fields(
        of: item, required: ["name", "operandBits", "products", "idealFactor"],
        optional: ["publishedFactorWideFeatureMap", "source", "assumption"])
      let widths = reader.items(of: fields["operandBits"]).map { width in reader.integer(width, in: 1...portBits) }
      if let operandBits = fields["operandBits"], !widths.isEmpty, widths.count != 2 {
        reader.report("has \(widths.count) entries", at: operandBits, supported: "2 widths in bits")
      }
      let mode = MultiplierMode(
        name: reader.string(fields["name"]), wideBits: widths.max() ?? 1, narrowBits: widths.min() ?? 1,
        products: reader.integer(fields["products"], in: 1...16),
        idealFactor: reader.factor(fields["idealFactor"]),
        publishedFactorWideFeatureMap: fields["publishedFactorWideFeatureMap"].map { reader.factor($0) })
      if mode.products * mode.wideBits > portBits {
        reader.report(
          "has \(mode.products) products of \(mode.wideBits)-bit operands", at: item,
          supported: "operands that fit side by side into a port of \(portBits) bits")
      }
      if modes.contains(where: { $0.name == mode.name }) { reader.report("repeats '\(mode.name)'", at: item) }
      let published = mode.publishedFactorWideFeatureMap.map { ", published \($0) for a wide feature map" } ?? ""
      let value = "\(mode.products) products per cycle, ideal factor \(mode.idealFactor)\(published)"
      note(value, "modes.\(mode.name)", item, fields)
      modes.append(mode)
    }
    return modes
  }

  private mutating func engine(_ kind: EngineKind, _ engines: [String: YAMLReader.Field]) -> Engine {
    let keys = ["inputMemory", "outputMemory", "weightMemory", "multipliers", "productsAlong"]
    let fields = engines[kind.name].map { reader.fields(of: $0, required: keys) } ?? [:]
    let engine = Engine(
      kind: kind, inputMemory: mapMemory(fields["inputMemory"]), outputMemory: mapMemory(fields["outputMemory"]),
      weightMemory: weightMemory(fields["weightMemory"]), multipliers: constant(fields["multipliers"]),
      productsAlong: productAxis(fields["productsAlong"]))
    if let field = engines[kind.name] { checkSizes(of: engine, field) }
    return engine
  }

  /// What the C can have: static arrays that programs are linked with, and arrays on the stack.
  private mutating func checkSizes(of engine: Engine, _ field: YAMLReader.Field) {
    let runtime = engine.kind.runtime
    let sizes = Dictionary(uniqueKeysWithValues: runtime.sizes.map { ($0.name, $0.value(engine)) })
    for (arrays, limit) in [(runtime.memories, 1 << 24), (runtime.registers, 1 << 16)] {
      for array in arrays {
        let extents = array.compactMap { sizes[$0] }
        guard extents.reduce(1, { $0 * Double($1) }) > Double(limit) else { continue }
        let names = array.map { $0.lowercased().replacing("_", with: " ") }.joined(separator: " x ")
        reader.report(
          "needs \(extents.map(String.init).joined(separator: " x ")) elements: \(names)", at: field,
          supported: "at most \(limit)")
      }
    }
  }

  private mutating func mapMemory(_ field: YAMLReader.Field?) -> MapExtents {
    let fields = memory(field, keys: ["rows", "columns", "channels"])
    let extents = MapExtents(
      rows: reader.integer(fields["rows"]), columns: reader.integer(fields["columns"]),
      channels: reader.integer(fields["channels"]))
    note(extents.description, field?.path, field, fields)
    return extents
  }

  private mutating func weightMemory(_ field: YAMLReader.Field?) -> WeightExtents {
    let fields = memory(field, keys: ["kernelRows", "kernelColumns", "inputChannels", "outputChannels"])
    let extents = WeightExtents(
      kernelRows: reader.integer(fields["kernelRows"]), kernelColumns: reader.integer(fields["kernelColumns"]),
      inputChannels: reader.integer(fields["inputChannels"]), outputChannels: reader.integer(fields["outputChannels"]))
    note(extents.description, field?.path, field, fields)
    return extents
  }

  private mutating func memory(_ field: YAMLReader.Field?, keys: [String]) -> [String: YAMLReader.Field] {
    field.map { reader.fields(of: $0, required: keys, optional: ["source", "assumption"]) } ?? [:]
  }

  private mutating func cycleCosts(_ field: YAMLReader.Field?) -> CycleCosts {
    let keys = ["busBytesPerCycle", "transferSetup", "pipelineFill", "requantizedPerCycle", "layerSetup"]
    // Files may have the last one, which nothing depends on.
    let fields = field.map { reader.fields(of: $0, required: keys, optional: ["hostElementsPerCycle"]) } ?? [:]
    return CycleCosts(
      busBytesPerCycle: constant(fields["busBytesPerCycle"]),
      transferSetup: constant(fields["transferSetup"], in: 0...65536),
      pipelineFill: constant(fields["pipelineFill"], in: 0...65536),
      requantizedPerCycle: constant(fields["requantizedPerCycle"]),
      layerSetup: constant(fields["layerSetup"], in: 0...65536))
  }

  /// `{ value: 8, source: … }`
  private mutating func constant(_ field: YAMLReader.Field?, in range: ClosedRange<Int> = 1...65536) -> Int {
    guard let field else { return range.lowerBound }
    let fields = reader.fields(of: field, required: ["value"], optional: ["source", "assumption"])
    let value = reader.integer(fields["value"], in: range)
    note("\(value)", field.path, field, fields)
    return value
  }

  private mutating func productAxis(_ field: YAMLReader.Field?) -> ProductAxis {
    guard let field else { return .inputChannels }
    let fields = reader.fields(of: field, required: ["value"], optional: ["source", "assumption"])
    let axis = reader.choice(fields["value"], of: ProductAxis.inputChannels)
    note(axis.rawValue, field.path, field, fields)
    return axis
  }

  /// Keeps a constant and its origin; every constant has exactly one.
  private mutating func note(
    _ value: String, _ path: String?, _ field: YAMLReader.Field?, _ fields: [String: YAMLReader.Field]
  ) {
    guard let field, let path, field.node.members != nil else { return }
    func keep(_ origin: Accelerator.Constant.Origin) {
      constants.append(.init(path: path, value: value, origin: origin, line: field.node.line))
    }
    switch (fields["source"], fields["assumption"]) {
    case (let source?, nil):
      keep(.source(reader.string(source)))
    case (nil, let assumption?):
      keep(.assumption(reader.string(assumption)))
    default:
      reader.report("does not say where it comes from", at: field, supported: "either `source` or `assumption`")
    }
  }
}
