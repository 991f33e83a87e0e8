import IntegerProgram

/// Writes a box of one array into another: a loop for each axis, with constant strides.
struct BoxWriter {
  private let box: BoxCopy
  /// Of each axis: the name of the array of its positions.
  private let positions: [String?]

  /// - Parameter array: makes an array of an axis' positions, of a C type, and says what it is called.
  init(_ box: BoxCopy, positions array: (_ axis: Int, _ type: String, _ values: [Int]) -> String) {
    self.box = box
    positions = box.axes.enumerated().map { index, axis in
      axis.positions.map { positions in
        let most = positions.max() ?? 0
        return array(index, most < 1 << 8 ? "uint8_t" : most < 1 << 16 ? "uint16_t" : "uint32_t", positions)
      }
    }
  }

  /// - Parameters:
  ///   - isPipelined: whether the innermost loop says that to synthesis.
  ///   - statement: of the indices of both elements, as C expressions.
  func lines(isPipelined: Bool, _ statement: (_ source: String, _ target: String) -> String) -> [String] {
    let source = index(from: box.source, box.axes.map(\.sourceStride), readingPositions: true)
    let target = index(from: box.target, box.axes.map(\.targetStride), readingPositions: false)
    var lines = [statement(source, target)]
    for (depth, axis) in box.axes.enumerated().reversed() {
      let isInnermost = isPipelined && depth == box.axes.count - 1
      let counter = Self.counter(depth)
      lines =
        (isInnermost ? ["ST_LOOP_PIPELINE"] : [])
        + ["for (int \(counter) = 0; \(counter) < \(axis.extent); ++\(counter)) {"]
        + indented((isInnermost ? ["ST_BODY_PIPELINE"] : []) + lines) + ["}"]
    }
    return lines
  }

  /// `3 + a * 24 - b`
  private func index(from start: Int, _ strides: [Int], readingPositions: Bool) -> String {
    var text = start == 0 ? "" : "\(start)"
    for (depth, stride) in strides.enumerated() where stride != 0 {
      let counter = Self.counter(depth)
      let place = readingPositions ? positions[depth].map { "(int)\($0)[\(counter)]" } ?? counter : counter
      let term = stride.magnitude == 1 ? place : "\(place) * \(stride.magnitude)"
      let sign = stride < 0 ? (text.isEmpty ? "-" : " - ") : (text.isEmpty ? "" : " + ")
      text += sign + term
    }
    return text.isEmpty ? "0" : text
  }

  private static func counter(_ depth: Int) -> String { "i\(depth)" }
}
