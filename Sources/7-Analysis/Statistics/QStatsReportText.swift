import Diagnostics
import Presentation

extension QStatsReport {
  /// Line for line what `print_qstats` of QKeras 0.9.0 prints, so that the two can be compared with `diff`.
  package func text(_ style: TextStyle) -> String {
    var lines = ["", style.bold("Number of operations in model:")]
    lines += operations.map { "    \(padded($0.layer, 30)): \(padded("\($0.count)", 5)) (\($0.type.printable))" }
    lines += ["", style.bold("Number of operation types in model:")]
    lines += operationTypes.map { "    \(padded($0.type, 30)): \($0.count)" }
    lines += ["", style.bold("Weight profiling:")]
    for weights in weights {
      let isOne = weights.kernels.count == 1
      for (index, kernel) in weights.kernels.enumerated() {
        lines.append(line("\(weights.layer)_weights\(isOne ? "" : "_\(index)")", kernel))
      }
      lines.append(line("\(weights.layer)_bias", weights.bias))
    }
    lines += ["", style.bold("Weight sparsity:"), "... quantizing model"]
    lines += unquantized.map(remark)
    lines += sparsity.map { "    \(padded($0.layer, 30)) : \(fixed($0.sparsity, decimals: 4))" }
    lines.append("    " + String(repeating: "-", count: 40))
    lines.append("    \(padded("Total Sparsity", 30)) : \(fixed(totalSparsity, decimals: 4))")
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ name: String, _ tensor: Weights.Tensor) -> String {
    "    \(padded(name, 30)) : \(padded("\(tensor.count)", 5)) (\(tensor.bits)-bit unit)"
  }

  private func remark(_ layer: Unquantized) -> String {
    switch layer.reason {
    case .noQuantizers: "  \(layer.layer.printable) has not been quantized"
    case .folded:
      "\(layer.layer.printable)  conv and batchnorm weights cannot be seperately quantized because they will be folded before "
        + "quantization."
    }
  }

  /// One line per call of a layer.
  package func csv() -> String {
    var table = Table(columns: ["layer", "operations", "type", "macs"].map { Table.Column($0) })
    for operation in operations {
      table.append([
        .text(operation.layer), .integer(operation.count), .text(operation.type), .integer(operation.macs),
      ])
    }
    return table.csv()
  }
}

/// As wide as `width` code points at least.
private func padded(_ text: String, _ width: Int) -> String {
  let text = text.printable
  return text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
}
