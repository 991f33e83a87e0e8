import CSHA256
import Diagnostics

/// The SHA-256 of bytes (FIPS 180-4), by which files are recognized.
package enum SHA256 {
  /// As 64 hexadecimal digits.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    var state = first
    return finish(&state, bytes, length: bytes.count)
  }

  /// Of a file, which is never in memory as a whole.
  package static func hexadecimal(of file: borrowing InputFile) throws(Diagnostic) -> String {
    let part = 1 << 16
    var state = first
    var start = 0
    while true {
      let bytes = try file.bytes(at: start, count: part)
      if bytes.count < part { return finish(&state, bytes, length: start + bytes.count) }
      qcc_sha256_absorb(&state, bytes, part / 64)
      start += part
    }
  }

  private static let first: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  /// The last bytes: whole blocks as they are; the rest with a bit behind it, and the length in bits at the end of the last block.
  ///
  /// - Parameter length: of all bytes.
  private static func finish(_ state: inout [UInt32], _ bytes: [UInt8], length: Int) -> String {
    let whole = bytes.count / 64
    var rest = Array(bytes[(64 * whole)...]) + [0x80]
    rest += [UInt8](repeating: 0, count: (120 - rest.count % 64) % 64)
    rest += (0..<8).map { UInt8(truncatingIfNeeded: (length << 3) >> (56 - 8 * $0)) }
    qcc_sha256_absorb(&state, bytes, whole)
    qcc_sha256_absorb(&state, rest, rest.count / 64)
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }.joined()
  }
}
