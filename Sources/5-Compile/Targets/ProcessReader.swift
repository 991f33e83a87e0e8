import Diagnostics

/// Turns the YAML of a process into an `EnergyProcess`.
struct ProcessReader {
  private var reader: YAMLReader
  private let root: YAMLReader.Field

  init(text: String, file: String) throws(Diagnostics) {
    reader = YAMLReader(file: file)
    root = try reader.root(of: text)
  }

  mutating func process() throws(Diagnostics) -> EnergyProcess {
    let tables = [
      "fixedPointAdd", "fixedPointMultiply", "float16Add", "float16Multiply", "float32Add", "float32Multiply",
      "sramRead",
      "dramRead",
    ]
    let fields = reader.fields(of: root, required: ["name", "description"] + tables + ["sramWordBits"])
    let process = EnergyProcess(
      name: reader.string(fields["name"]), summary: reader.string(fields["description"]),
      fixedPointAdd: table(fields["fixedPointAdd"]), fixedPointMultiply: table(fields["fixedPointMultiply"]),
      float16Add: table(fields["float16Add"]), float16Multiply: table(fields["float16Multiply"]),
      float32Add: table(fields["float32Add"]), float32Multiply: table(fields["float32Multiply"]),
      sramRead: table(fields["sramRead"], isFit: true), sramWordBits: wordBits(fields["sramWordBits"]),
      dramRead: table(fields["dramRead"]))
    try reader.problems.throwIfErrors()
    return process
  }

  /// - Parameter isFit: a curve through measurements may have a negative coefficient, but must not go below 0.
  private mutating func table(_ field: YAMLReader.Field?, isFit: Bool = false) -> EnergyProcess.Polynomial {
    guard let field else { return .init(coefficients: [0]) }
    let fields = reader.fields(of: field, required: ["coefficients"], optional: ["source", "assumption"])
    requireOrigin(field, fields)
    let coefficients = reader.items(of: fields["coefficients"]).map { item in
      reader.number(item, in: (isFit ? -1e6 : 0)...1e6)
    }
    let polynomial = EnergyProcess.Polynomial(coefficients: coefficients)
    // The binary logarithms of all sizes a memory may have.
    if isFit, let bits = (0...48).first(where: { polynomial.value(at: Double($0)) < 0 }) {
      reader.report("is negative for a memory of 2^\(bits) bits", at: field, supported: "energies of 0 or more")
    }
    return polynomial
  }

  private mutating func wordBits(_ field: YAMLReader.Field?) -> Int {
    guard let field else { return 1 }
    let fields = reader.fields(of: field, required: ["value"], optional: ["source", "assumption"])
    requireOrigin(field, fields)
    return reader.integer(fields["value"])
  }

  private mutating func requireOrigin(_ field: YAMLReader.Field, _ fields: [String: YAMLReader.Field]) {
    guard field.node.members != nil else { return }
    if (fields["source"] == nil) == (fields["assumption"] == nil) {
      reader.report("does not say where it comes from", at: field, supported: "either `source` or `assumption`")
    }
  }
}
