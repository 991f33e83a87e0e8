import Presentation

extension ProfileReport {
  package func csv() -> String { table("tensor", maps + layers.map(\.weights)).csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table("map", maps).text(style) + "\n" + table("weights", layers.map(\.weights)).text(style)
    text += "\nSQNR in dB, each tensor by itself, on \(grouped(samples)) \(samples == 1 ? "sample" : "samples")\n"
    for (kind, tensors) in [("map", maps), ("weights of", layers.map(\.weights))] {
      for tensor in tensors where tensor.deadChannels > 0 {
        text += "\(kind) \(tensor.name): \(tensor.deadChannels) of \(tensor.channels) channels are 0 everywhere\n"
      }
    }
    return text
  }

  /// A line per tensor.
  private func table(_ kind: String, _ tensors: [TensorProfile]) -> Table {
    var table = Table(
      columns: [
        .init(kind, minimumWidth: 8), .init("least", .right, isOptional: true), .init("largest", .right),
        .init("zeros", .right, isOptional: true), .init("histogram", isOptional: true),
      ] + widths.map { .init("\($0) bit\($0 == 1 ? "" : "s")", .right) })
    for tensor in tensors {
      table.append(
        [
          .text(tensor.name), .text(significant(tensor.least)), .text(significant(tensor.largest)),
          .text("\(fixed(tensor.zeros * 100, decimals: 0)) %"), .text(tensor.histogram.line),
        ] + tensor.widths.map { $0.sqnr.map { .real($0, decimals: 1) } ?? .missing })
    }
    return table
  }
}

extension TensorProfile.Histogram {
  /// Of 16 letters, each as high as the square root of how many numbers are there: so that tails are seen.
  var line: String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let parts = (0..<16).map { part in
      counts[(part * counts.count / 16)..<((part + 1) * counts.count / 16)].reduce(0, +)
    }
    let most = Double(parts.max() ?? 0).squareRoot()
    return String(
      parts.map { $0 == 0 ? " " : bars[min(Int(Double($0).squareRoot() / most * Double(bars.count)), bars.count - 1)] })
  }
}
