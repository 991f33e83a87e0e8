import KerasImport
import ONNXImport
import Quantization
import Quantizers
import TFLiteImport

/// What can be read, from the importer's own tables.
enum SupportTable {
  static var markdown: String {
    var lines = ["| Keras layers | supported |", "|---|---|"]
    for row in LayerTable.rows {
      lines.append("| \(row.classes.map { "`\($0)`" }.joined(separator: ", ")) | \(cell(row.notes)) |")
    }
    lines += [
      "",
      "Layers in " + LayerTable.wrappers.map { "`\($0)`" }.joined(separator: " and ")
        + " of tfmot are read with the weights that they compute with.",
      "",
      "Operations on tensors outside of layers are read as the layers that compute the same: "
        + TensorOperation.names.map { "`\($0)`" }.joined(separator: ", ")
        + ", also as Keras 3 has them in `keras.ops`, and `+`, `-`, `*`, `/` and `x[…]`.",
    ]
    lines += ["", "Quantizers: " + names.map { "`\($0)`" }.joined(separator: ", ") + "."]
    lines += ["", "| ONNX operators | supported |", "|---|---|"]
    for row in ONNXImport.OperatorTable.rows {
      let names = row.names.map { row.domain.isEmpty ? "`\($0)`" : "`\(row.domain):\($0)`" }
      lines.append("| \(names.joined(separator: ", ")) | \(cell(row.notes)) |")
    }
    lines += [
      "",
      "ONNX files have IR version \(text(ONNXNetwork.irVersions)) and opset \(text(ONNXNetwork.opsets)). Nodes of constants are "
        + "computed when the file is read: "
        + ONNXImport.OperatorTable.foldedNames.map { "`\($0)`" }.joined(separator: ", ")
        + ".",
    ]
    lines += ["", "| TensorFlow Lite operators | supported |", "|---|---|"]
    for row in TFLiteImport.OperatorTable.rows {
      lines.append("| \(row.names.map { "`\($0)`" }.joined(separator: ", ")) | \(cell(row.notes)) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Registered names of classes are also known without their package.
  private static var names: [String] { Quantizer.supportedNames.filter { !$0.contains(">") } }

  private static func text(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }

  private static func cell(_ text: String) -> String {
    text.isEmpty ? "all options" : text.replacing("|", with: "\\|")
  }
}
