/// C source under construction: bytes, because networks have hundreds of thousands of constants.
struct SourceText {
  private(set) var bytes: [UInt8] = []

  init(_ text: String = "") {
    bytes.append(contentsOf: text.utf8)
  }

  mutating func write(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  mutating func line(_ text: String = "") {
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func append(_ other: SourceText) {
    bytes.append(contentsOf: other.bytes)
  }

  /// `values` in decimal, a comma after each, in lines of some 110 columns.
  mutating func integers(_ values: some Collection<some FixedWidthInteger>) {
    let longest = 28  // of the only integer that has no literal, and a line break
    let text = [UInt8](unsafeUninitializedCapacity: max(1, values.count * longest)) { buffer, count in
      var end = 0
      var lineStart = 0
      for value in values {
        if end - lineStart > 110 {
          buffer[end] = UInt8(ascii: "\n")
          end += 1
          lineStart = end
        }
        let value = Int64(truncatingIfNeeded: value)
        if value == .min {
          for byte in "(-9223372036854775807-1)".utf8 {
            buffer[end] = byte
            end += 1
          }
        } else {
          end += Self.decimal(value, into: buffer, at: end)
        }
        buffer[end] = UInt8(ascii: ",")
        end += 1
      }
      count = end
    }
    bytes.append(contentsOf: text)
  }

  /// Writes `value` at `start` and returns its length.
  private static func decimal(_ value: Int64, into buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
    var magnitude = value.magnitude
    var length = value < 0 ? 1 : 0
    if value < 0 { buffer[start] = UInt8(ascii: "-") }
    var digits = 1
    var bound: UInt64 = 10
    while digits < 20, magnitude >= bound {
      digits += 1
      if digits < 20 { bound *= 10 }
    }
    length += digits
    var position = start + length
    repeat {
      position -= 1
      buffer[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
    return length
  }
}

/// A block's lines.
func indented(_ lines: [String]) -> [String] { lines.map { "    " + $0 } }
