import Numbers

/// Elements of one array that go to places of another: for i, j, … in a box, element source + i s + j t + … of the one becomes
/// element target + i u + j v + … of the other. An axis that no stride describes reads positions of its own choice in place of i.
///
/// Each move is said in one way: neighbouring axes that are one run on both sides are one axis, axes of one element are none.
package struct BoxCopy: Hashable, Sendable {
  package struct Axis: Hashable, Sendable {
    package var extent: Int
    package var sourceStride: Int
    package var targetStride: Int
    /// In place of the index, in steps of the source's stride: of each index, from 0 on.
    package var positions: [Int]?

    package init(extent: Int, sourceStride: Int, targetStride: Int, positions: [Int]? = nil) {
      self.extent = extent
      self.sourceStride = sourceStride
      self.targetStride = targetStride
      self.positions = positions
    }

    /// How far from the box' beginning an index reads.
    package func sourceOffset(_ index: Int) -> Int { (positions?[index] ?? index) * sourceStride }
  }

  /// Where the box begins in both arrays.
  package private(set) var source: Int
  package private(set) var target: Int
  /// Outermost first.
  package private(set) var axes: [Axis] = []

  /// - Parameter axes: outermost first, none of them empty.
  package init(source: Int, target: Int, axes: [Axis]) {
    self.source = source
    self.target = target
    for axis in axes { append(axis) }
  }

  package var elements: Int { axes.reduce(1) { $0 * $1.extent } }

  private mutating func append(_ axis: Axis) {
    guard let positions = axis.positions else { return appendRun(axis) }
    if let runs = Self.runs(positions, of: axis) {
      source += positions[0] * axis.sourceStride
      for run in runs { appendRun(run) }
    } else {
      let least = positions.min() ?? 0
      source += least * axis.sourceStride
      var axis = axis
      axis.positions = positions.map { $0 - least }
      axes.append(axis)
    }
  }

  /// Positions as axes with strides: evenly spaced ones, or blocks of such that are evenly spaced. nil where they are neither.
  private static func runs(_ positions: [Int], of axis: Axis) -> [Axis]? {
    let count = positions.count
    let step = count > 1 ? positions[1] - positions[0] : 0
    let block = count > 1 ? 1 + zip(positions, positions.dropFirst()).prefix { $1 - $0 == step }.count : 1
    let blockStep = block < count ? positions[block] - positions[0] : 0
    guard count.isMultiple(of: block),
      positions.indices.allSatisfy({ positions[$0] - positions[0] == $0 / block * blockStep + $0 % block * step })
    else { return nil }
    return [
      Axis(
        extent: count / block, sourceStride: blockStep * axis.sourceStride, targetStride: block * axis.targetStride),
      Axis(extent: block, sourceStride: step * axis.sourceStride, targetStride: axis.targetStride),
    ]
  }

  private mutating func appendRun(_ axis: Axis) {
    guard axis.extent > 1 else { return }
    if let last = axes.last, last.positions == nil, last.sourceStride == axis.extent * axis.sourceStride,
      last.targetStride == axis.extent * axis.targetStride
    {
      var merged = axis
      merged.extent *= last.extent
      axes[axes.count - 1] = merged
    } else {
      axes.append(axis)
    }
  }

  /// The innermost axis; one of a single element where there is none.
  package var run: Axis { axes.last ?? Axis(extent: 1, sourceStride: 1, targetStride: 1) }

  /// Where the innermost axis begins in both arrays, for all indices of the others.
  package func forEachRun(_ body: (_ source: Int, _ target: Int) -> Void) {
    func walk(_ axis: Int, _ source: Int, _ target: Int) {
      guard axis < axes.count - 1 else { return body(source, target) }
      for index in 0..<axes[axis].extent {
        walk(axis + 1, source + axes[axis].sourceOffset(index), target + index * axes[axis].targetStride)
      }
    }
    walk(0, source, target)
  }

  /// From the least to the largest element that is read.
  package var sourceRange: ClosedRange<Int> {
    axes.reduce(source...source) { range, axis in
      let ends = axis.positions ?? [0, axis.extent - 1]
      return range + (ends.map { $0 * axis.sourceStride }.hull() ?? 0...0)
    }
  }

  /// The same of those that are written.
  package var targetRange: ClosedRange<Int> {
    axes.reduce(target...target) { range, axis in
      range + ([0, (axis.extent - 1) * axis.targetStride].hull() ?? 0...0)
    }
  }
}
