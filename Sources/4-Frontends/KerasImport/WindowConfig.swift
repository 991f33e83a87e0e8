import Diagnostics
import JSON
import Numbers
import QIR

/// How a kernel or a pooling window moves, as a configuration says it; the padding follows from the input's shape.
struct WindowConfig {
  enum Mode: String {
    case valid, same, causal
  }

  var size: Extents
  var stride: Extents
  var dilation: Extents
  var mode: Mode

  /// Over rows and columns.
  static func plane(
    _ config: JSONNode, size sizeKey: String, strideDefaultsToSize: Bool = false
  ) throws -> WindowConfig {
    try config.requireChannelsLast()
    let size = try config.extent(sizeKey)
    return try WindowConfig(
      size: size,
      stride: config.extent("strides", default: strideDefaultsToSize ? size : .one, orNone: strideDefaultsToSize),
      dilation: config.extent("dilation_rate", default: .one), mode: mode(config, supported: [.valid, .same])
    ).checked(config)
  }

  /// Over the steps of a sequence: one row, a step per column.
  static func row(
    _ config: JSONNode, size sizeKey: String, strideDefaultsToSize: Bool = false, causal: Bool = false
  ) throws -> WindowConfig {
    try config.requireChannelsLast()
    let size = try config.length(sizeKey)
    let stride = try config.length(
      "strides", default: strideDefaultsToSize ? size : 1, orNone: strideDefaultsToSize)
    return try WindowConfig(
      size: Extents(rows: 1, columns: size), stride: Extents(rows: 1, columns: stride),
      dilation: Extents(rows: 1, columns: config.length("dilation_rate", default: 1)),
      mode: mode(config, supported: causal ? [.valid, .same, .causal] : [.valid, .same])
    ).checked(config)
  }

  private func checked(_ config: JSONNode) throws -> WindowConfig {
    try require(
      stride == .one || dilation == .one, "strides and dilation_rate at once", at: config.location,
      supported: "one of the two, as in Keras", fix: "leave one of them at 1")
    return self
  }

  private static func mode(_ config: JSONNode, supported: [Mode]) throws -> Mode {
    guard let node = try config.memberIfPresent("padding") else { return .valid }
    let name = try node.string()
    guard let mode = Mode(rawValue: name), supported.contains(mode) else {
      throw node.problem("is '\(name)'", supported: supported.map(\.rawValue).joined(separator: ", "))
    }
    return mode
  }

  /// - Parameter shape: [rows, columns, channels].
  func window(over shape: Shape) -> Window {
    let input = Extents(rows: shape.extents[0], columns: shape.extents[1])
    let padding: Padding
    switch mode {
    case .valid: padding = .none
    case .same: padding = .same(input: input, kernel: size, stride: stride, dilation: dilation)
    case .causal: padding = Padding(left: (size.columns - 1) * dilation.columns)
    }
    return Window(size: size, stride: stride, dilation: dilation, padding: padding)
  }
}
