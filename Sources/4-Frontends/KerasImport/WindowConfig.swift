import Diagnostics
import JSON
import QIR

/// How a kernel or a pooling window moves, as a configuration says it; the padding follows from the input's shape.
struct WindowConfig {
  enum Mode: String {
    case valid, same, causal
  }

  var size: Extent
  var stride: Extent
  var dilation: Extent
  var mode: Mode

  /// Over rows and columns.
  static func plane(
    _ config: JSONNode, size sizeKey: String, strideDefaultsToSize: Bool = false
  ) throws -> WindowConfig {
    try config.requireChannelsLast()
    let size = try config.extent(sizeKey)
    return WindowConfig(
      size: size, stride: try config.extent("strides", default: strideDefaultsToSize ? size : .one),
      dilation: try config.extent("dilation_rate", default: .one),
      mode: try mode(config, supported: [.valid, .same]))
  }

  /// Over the steps of a sequence: one row, a step per column.
  static func row(
    _ config: JSONNode, size sizeKey: String, strideDefaultsToSize: Bool = false, causal: Bool = false
  ) throws -> WindowConfig {
    try config.requireChannelsLast()
    let size = try config.length(sizeKey)
    let stride = try config.length("strides", default: strideDefaultsToSize ? size : 1)
    return WindowConfig(
      size: Extent(rows: 1, columns: size), stride: Extent(rows: 1, columns: stride),
      dilation: Extent(rows: 1, columns: try config.length("dilation_rate", default: 1)),
      mode: try mode(config, supported: causal ? [.valid, .same, .causal] : [.valid, .same]))
  }

  private static func mode(_ config: JSONNode, supported: [Mode]) throws -> Mode {
    guard let node = try config.memberIfPresent("padding"), !node.isNull else { return .valid }
    let name = try node.string()
    guard let mode = Mode(rawValue: name), supported.contains(mode) else {
      throw node.problem("is '\(name)'", supported: supported.map(\.rawValue).joined(separator: ", "))
    }
    return mode
  }

  /// - Parameter shape: [rows, columns, channels].
  func window(over shape: Shape) -> Window {
    let input = Extent(rows: shape.extents[0], columns: shape.extents[1])
    let padding: Padding
    switch mode {
    case .valid: padding = .none
    case .same: padding = .same(input: input, kernel: size, stride: stride, dilation: dilation)
    case .causal: padding = Padding(left: (size.columns - 1) * dilation.columns)
    }
    return Window(size: size, stride: stride, dilation: dilation, padding: padding)
  }
}
