import Diagnostics

/// What operations and memories of a manufacturing process cost, in pJ. The process files under `Resources/processes` say
/// what every table means and where it comes from.
package struct EnergyProcess: Hashable, Sendable {
  /// Coefficients from the highest power down.
  package struct Polynomial: Hashable, Sendable {
    package var coefficients: [Double]

    /// Never below 0.
    package func callAsFunction(_ x: Double) -> Double { max(value(at: x), 0) }

    func value(at x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
  }

  package var name: String
  package var summary: String
  package var fixedPointAdd: Polynomial
  package var fixedPointMultiply: Polynomial
  package var float16Add: Polynomial
  package var float16Multiply: Polynomial
  package var float32Add: Polynomial
  package var float32Multiply: Polynomial
  package var sramRead: Polynomial
  package var sramWordBits: Int
  package var dramRead: Polynomial
}

/// Where energy processes come from: files that are built in, and those that users bring.
package enum ProcessFile {
  package static var builtinNames: [String] { BuiltinTargets.processes.map(\.name) }

  /// The process called `name`, or the one in the file at that path.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func load(_ name: String) throws(Diagnostics) -> EnergyProcess {
    if let builtin = BuiltinTargets.processes.first(where: { $0.name == name }) {
      return try parse(builtin.text, file: "\(name).yaml (built in)")
    }
    return try parse(
      DescriptionFile(kind: "process", builtin: builtinNames, listing: nil).text(at: name), file: name)
  }

  /// Reads a process file's text; `file` is its name in messages.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func parse(_ text: String, file: String) throws(Diagnostics) -> EnergyProcess {
    var reader = try ProcessReader(text: text, file: file)
    return try reader.process()
  }
}

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
