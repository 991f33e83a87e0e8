import Targets
import Tiling

/// The tables of a tile plan: ranges of pixels and channels, windows, and where blocks of weights begin.
extension LinearWriter {
  func writeTables(offsets: [Int], into text: inout SourceText) {
    switch plan.spatial {
    case .pixels(let runs, _):
      text.line(table("int", "runs", [runs.count, 2], runs.map { "{\($0.lowerBound), \($0.count)}" }))
    case .grid(let rows, let columns) where layer.shape.engine != .fullyConnected:
      text.line("    /* first and count of output pixels; their windows by kernel part */")
      text.line(table("int", "row_ranges", [rows.count, 2], rows.map { "{\($0.lowerBound), \($0.count)}" }))
      text.line(table("int", "column_ranges", [columns.count, 2], columns.map { "{\($0.lowerBound), \($0.count)}" }))
      let shape = layer.shape
      text.line(
        windows("row_windows", rows, plan.kernelRows, shape.stride.rows, shape.dilation.rows, shape.padding.top))
      text.line(
        windows(
          "column_windows", columns, plan.kernelColumns, shape.stride.columns, shape.dilation.columns,
          shape.padding.left))
      text.line(table("int", "part_rows", [plan.kernelRows.count], plan.kernelRows.map { "\($0.count)" }))
      text.line(table("int", "part_columns", [plan.kernelColumns.count], plan.kernelColumns.map { "\($0.count)" }))
    case .grid: break
    }
    switch plan.channels {
    case .dense(_, let inputs, let outputs):
      text.line("    /* first and count of channels in a group */")
      text.line(table("int", "input_ranges", [inputs.count, 2], inputs.map { "{\($0.lowerBound), \($0.count)}" }))
      text.line(table("int", "output_ranges", [outputs.count, 2], outputs.map { "{\($0.lowerBound), \($0.count)}" }))
    case .depthwise(let channels, _):
      text.line("    /* first and count of input channels */")
      text.line(table("int", "input_ranges", [channels.count, 2], channels.map { "{\($0.lowerBound), \($0.count)}" }))
    }
    text.line(table("int", "weight_offsets", [offsets.count], offsets.map { "\($0)" }))
  }

  private func table(_ type: String, _ name: String, _ extents: [Int], _ rows: [String]) -> String {
    let suffix = extents.map { "[\($0)]" }.joined()
    var text = "    static const \(type) \(name)\(suffix) = {"
    var column = text.utf8.count
    for (index, row) in rows.enumerated() {
      if column + row.utf8.count > 110 {
        text += "\n        "
        column = 8
      }
      text += row + (index + 1 < rows.count ? ", " : "")
      column += row.utf8.count + 2
    }
    return text + "};"
  }

  private func windows(
    _ name: String, _ ranges: [Range<Int>], _ parts: [KernelPart], _ stride: Int, _ dilation: Int, _ padding: Int
  ) -> String {
    let rows = ranges.map { range in
      let windows = parts.map { part in
        let window = AxisWindow(outputs: range, part: part, stride: stride, dilation: dilation, padding: padding)
        return "{\(window.first), \(window.step), \(window.count), \(window.stride), \(window.dilation)}"
      }
      return "{" + windows.joined(separator: ", ") + "}"
    }
    return table("st_axis", name, [ranges.count, parts.count], rows)
  }
}
