/// A block of memory, freed with its last reference. Cache-line aligned, not cleared.
///
/// Unchecked: threads write disjoint parts of it, and it is read once they have ended.
final class CodeMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  static let alignment = 64

  init(bytes: Int) {
    base = .allocate(byteCount: max(bytes, 1), alignment: CodeMemory.alignment)
  }

  deinit {
    base.deallocate()
  }

  /// `bytes` rounded up to whole cache lines.
  static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) & ~(alignment - 1) }
}
