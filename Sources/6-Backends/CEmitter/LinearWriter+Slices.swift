import Targets
import Tiling

/// The slices of the axes: tables of all, and which one the loops stand at.
extension LinearWriter {
  func writeTables(into text: inout SourceText) {
    text.line("    /* first and count of each slice\(isGrid ? ", windows of output pixels by kernel part" : "") */")
    for cut in nest.cuts where !cut.axis.isReduced { writeTable(of: cut, into: &text) }
    for cut in nest.cuts where cut.axis.isReduced { writeTable(of: cut, into: &text) }
    text.line(table("int", "weight_offsets", [weights.offsets.count], weights.offsets.map { "\($0)" }))
  }

  private func writeTable(of cut: TileCut, into text: inout SourceText) {
    let ranges = cut.slices.map { "{\($0.start), \($0.count)}" }
    let counts = cut.slices.map { "\($0.count)" }
    func write(_ name: String) { text.line(table("int", name, [ranges.count, 2], ranges)) }
    switch cut.axis {
    case .pixels: write("runs")
    case .rows where isGrid:
      write("row_ranges")
      text.line(
        windows("row_windows", cut, .kernelRows, shape.stride.rows, shape.dilation.rows, shape.padding.top))
    case .columns where isGrid:
      write("column_ranges")
      text.line(
        windows(
          "column_windows", cut, .kernelColumns, shape.stride.columns, shape.dilation.columns, shape.padding.left))
    case .kernelRows where isGrid: text.line(table("int", "part_rows", [counts.count], counts))
    case .kernelColumns where isGrid: text.line(table("int", "part_columns", [counts.count], counts))
    case .channels, .inputs: write("input_ranges")
    case .outputs: write("output_ranges")
    case .rows, .columns, .kernelRows, .kernelColumns, .groups, .passes, .inputLimb, .weightLimb: break
    }
  }

  /// What the calls say of the slice of an axis.
  func definition(of axis: TileAxis, _ scope: LoopScope) -> [String] {
    guard let digit = scope.digit(axis) else { return [] }
    /// A channel of the layer from one within its group.
    func channel(_ inGroup: String, _ perGroup: Int) -> String {
      ((scope.digit(.groups) ?? .number(0)) * perGroup + .variable(inGroup)).text
    }
    switch axis {
    case .pixels:
      let width = nest.width ?? 1
      return [
        "const int first_pixel = runs[\(digit.text)][0];", "const int pixels = runs[\(digit.text)][1];",
        "const int rows = (pixels + \(width - 1)) / \(width);",
        "const int columns = pixels < \(width) ? pixels : \(width);",
      ]
    case .rows where isGrid:
      return [
        "const int row_range = \(digit.text);", "const int first_row = row_ranges[row_range][0];",
        "const int rows = row_ranges[row_range][1];",
      ]
    case .columns where isGrid:
      return [
        "const int column_range = \(digit.text);", "const int first_column = column_ranges[column_range][0];",
        "const int columns = column_ranges[column_range][1];",
      ]
    case .kernelRows where isGrid:
      return [
        "const int part_row = \(digit.text);", "const st_axis row_window = row_windows[row_range][part_row];",
      ]
    case .kernelColumns where isGrid:
      return [
        "const int part_column = \(digit.text);",
        "const st_axis column_window = column_windows[column_range][part_column];",
      ]
    case .outputs:
      return [
        "const int first_output = "
          + channel("output_ranges[\(digit.text)][0]", shape.output.channels / shape.groups) + ";",
        "const int outputs = output_ranges[\(digit.text)][1];",
      ]
    case .inputs:
      return [
        "const int input_range = \(digit.text);",
        "const int first_input = \(channel("input_ranges[input_range][0]", shape.reducedChannels));",
        "const int inputs = input_ranges[input_range][1];",
      ]
    case .channels:
      return [
        "const int first_input = input_ranges[\(digit.text)][0];", "const int inputs = input_ranges[\(digit.text)][1];",
        "const int outputs = inputs;",
      ]
    case .passes:
      let first = IndexExpression.variable("first_input") * shape.channelMultiplier + digit
      return ["const int first_output = \(first.text);"]
    case .inputLimb: return hasLimbs ? ["const int input_limb = \(digit.text);"] : []
    case .weightLimb: return hasLimbs ? ["const int weight_limb = \(digit.text);"] : []
    case .rows, .columns, .kernelRows, .kernelColumns, .groups: return []
    }
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
    _ name: String, _ outputs: TileCut, _ kernel: TileAxis, _ stride: Int, _ dilation: Int, _ padding: Int
  ) -> String {
    let parts = nest.slices(kernel) ?? []
    let rows = outputs.slices.map { slice in
      let windows = parts.map { part in
        let window = AxisWindow(
          outputs: slice.range, part: part, stride: stride, dilation: dilation, padding: padding)
        return "{\(window.first), \(window.step), \(window.count), \(window.stride), \(window.dilation)}"
      }
      return "{" + windows.joined(separator: ", ") + "}"
    }
    return table("st_axis", name, [rows.count, parts.count], rows)
  }
}
