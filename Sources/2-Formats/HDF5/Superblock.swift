import Files

/// The first block of an HDF5 file, as far as it tells a file that is no HDF5 file or is cut off from others
/// (HDF5 File Format Specification 3.0, section II.A).
struct Superblock {
  /// Where the file ends according to itself; `nil` for layouts that are not known here.
  let endOfFile: Int?

  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  /// `nil` if the signature is at none of the places where it may be: 0, 512, 1024, 2048, …
  init?(of file: borrowing InputFile) throws {
    var base = 0
    while true {
      let block = try file.bytes(at: base, count: 128)
      if block.starts(with: Self.signature) {
        endOfFile = Self.endOfFile(block)
        return
      }
      base = base == 0 ? 512 : 2 * base
      if base >= file.size { return nil }
    }
  }

  private static func endOfFile(_ block: [UInt8]) -> Int? {
    guard block.count > 16 else { return nil }
    let version = block[8]
    // Versions 0 and 1: base address, free space, end of file. 2 and 3: base address, extension, end of file.
    let addresses: (size: Int, first: Int)
    switch version {
    case 0: addresses = (Int(block[13]), 24)
    case 1: addresses = (Int(block[13]), 28)
    case 2, 3: addresses = (Int(block[9]), 12)
    default: return nil
    }
    let at = addresses.first + 2 * addresses.size
    guard addresses.size == 8, at + 8 <= block.count else { return nil }
    let end = block[at..<at + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: end)
  }
}
