import CSHA256

/// The SHA-256 of bytes (FIPS 180-4), by which files are recognized.
package enum SHA256 {
  /// As 64 hexadecimal digits.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    var state: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    // Whole blocks as they are; the rest with a bit behind it, and the length in bits at the end of the last block.
    let whole = bytes.count / 64
    var rest = Array(bytes[(64 * whole)...]) + [0x80]
    rest += [UInt8](repeating: 0, count: (120 - rest.count % 64) % 64)
    rest += (0..<8).map { UInt8(truncatingIfNeeded: (bytes.count << 3) >> (56 - 8 * $0)) }
    qcc_sha256_absorb(&state, bytes, whole)
    qcc_sha256_absorb(&state, rest, rest.count / 64)
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }.joined()
  }
}
