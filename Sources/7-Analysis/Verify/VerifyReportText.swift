import Diagnostics
import Presentation

extension VerifyReport {
  /// One line per tensor.
  package var table: Table {
    var table = Table(columns: [
      .init("tensor", minimumWidth: 8), .init("elements", .right, isOptional: true), .init("mismatches", .right),
      .init("ties", .right, isOptional: true),
    ])
    for tensor in tensors {
      table.append([
        .text(tensor.name), .integer(tensor.elements), .integer(tensor.mismatches), .integer(tensor.ties),
      ])
    }
    return table
  }

  package func csv() -> String { table.csv() }

  /// The table, what else was compared, and the verdict in the last line.
  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    text += "proofs    \(grouped(proofs.proved)) of \(grouped(proofs.channels)) channels proved exact\n"
    if let golden {
      text +=
        "golden    \(counted(golden.mismatches, "mismatch", "mismatches")) in \(grouped(golden.elements)) elements"
      text += golden.ties > 0 ? ", \(counted(golden.ties, "tie", "ties"))\n" : "\n"
    }
    if let emitted {
      text += "emitted   "
      text +=
        emitted.ran
        ? "\(counted(emitted.mismatches, "mismatch", "mismatches")) in the compiled C\n" : "the C was not run\n"
    }
    for left in notCompared ?? [] { text += "left out  \(left.printable)\n" }
    if let accuracy {
      text += "accuracy  \(fixed(accuracy.reference * 100, decimals: 2)) % reference, "
      text += "\(fixed(accuracy.accelerator * 100, decimals: 2)) % accelerator\n"
    }
    if let firstDifference {
      let index = firstDifference.index.map(String.init).joined(separator: ", ")
      text += "first difference: tensor '\(firstDifference.tensor.printable)' [\(index)], made by layer "
      text += "'\(firstDifference.layer.printable)': "
      text += "\(shown(firstDifference.expected)) in the \(firstDifference.against), "
      text += "\(shown(firstDifference.found)) in the accelerator\n"
    }
    let samples = counted(self.samples, "sample", "samples")
    text += bitExact ? style.green("bit-exact on \(samples)") : style.red("NOT bit-exact on \(samples)")
    return text + "\n"
  }
}

private func counted(_ count: Int, _ one: String, _ many: String) -> String {
  "\(grouped(count)) \(count == 1 ? one : many)"
}

/// A number without a needless point.
private func shown(_ value: Double) -> String {
  Int(exactly: value).map(String.init) ?? "\(value)"
}
