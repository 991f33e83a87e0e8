/// Cuts the taps of a kernel along one axis into as few arithmetic progressions as possible, where the longest that fits
/// depends on its step alone.
struct KernelPartition {
  let taps: Int
  /// `longest[step]` for steps from 1 on; at least 1.
  let longest: [Int]
  /// How many progressions `search` may try: small kernels are searched through, large ones as far as this goes.
  private var budget = 20_000

  init(taps: Int, longest: (_ step: Int) -> Int) {
    self.taps = taps
    self.longest = [1] + (1..<max(taps, 2)).map { max(1, longest($0)) }
  }

  /// No partition has fewer parts.
  var lowerBound: Int { (taps + most - 1) / most }

  private var most: Int { longest.max() ?? 1 }

  /// The smallest partitions: every uniform one with the fewest parts, or one with mixed steps where that has fewer.
  mutating func smallest() -> [[TileSlice]] {
    var best: [[TileSlice]] = []
    for step in 1..<max(taps, 2) {
      let parts = residues(step: step)
      if parts.count < best.first?.count ?? Int.max { best = [] }
      if best.isEmpty || parts.count == best[0].count, !best.contains(parts) { best.append(parts) }
    }
    guard let count = best.first?.count, count > lowerBound else { return best }
    var found = best[0]
    var covered = [Bool](repeating: false, count: taps)
    var parts: [TileSlice] = []
    search(&parts, &covered, left: taps, &found)
    return found.count < count ? [found] : best
  }

  /// Taps of each remainder modulo `step`, cut where they are too many, evenly.
  private func residues(step: Int) -> [TileSlice] {
    var parts: [TileSlice] = []
    for residue in 0..<min(step, taps) {
      let size = (taps - residue + step - 1) / step
      for range in evenRanges(size, (size + longest[step] - 1) / longest[step]) {
        parts.append(TileSlice(start: residue + range.lowerBound * step, step: step, count: range.count))
      }
    }
    return parts
  }

  /// The first tap that is in no part starts the next one: try every step and length.
  private mutating func search(
    _ parts: inout [TileSlice], _ covered: inout [Bool], left: Int, _ best: inout [TileSlice]
  ) {
    guard left > 0 else {
      if parts.count < best.count { best = parts }
      return
    }
    guard parts.count + (left + most - 1) / most < best.count, let start = covered.firstIndex(of: false) else { return }
    for step in 1..<max(taps, 2) {
      var count = 0
      while count < longest[step], start + count * step < taps, !covered[start + count * step] { count += 1 }
      // A single tap is the same part with every step.
      for length in stride(from: count, through: step == 1 ? 1 : 2, by: -1) {
        budget -= 1
        guard budget > 0 else { return }
        let part = TileSlice(start: start, step: step, count: length)
        for tap in part.taps { covered[tap] = true }
        parts.append(part)
        search(&parts, &covered, left: left - length, &best)
        parts.removeLast()
        for tap in part.taps { covered[tap] = false }
      }
    }
  }
}

/// 0..<extent in `count` ranges whose sizes differ by at most one.
func evenRanges(_ extent: Int, _ count: Int) -> [Range<Int>] {
  (0..<count).map { $0 * extent / count..<($0 + 1) * extent / count }
}

/// 0..<extent in ranges of `size`, the last one perhaps smaller.
func fullRanges(_ extent: Int, _ size: Int) -> [Range<Int>] {
  stride(from: 0, to: extent, by: size).map { $0..<min($0 + size, extent) }
}
