import Quantization

/// Which elements of a parameter share a scale: along each axis either all of them or runs of neighbours.
struct ScaleGroups {
  let shape: [Int]
  /// How many groups lie along each axis.
  let counts: [Int]
  /// The group of each element; groups are numbered with the last axis fastest.
  let ofElement: [Int32]

  /// `elementsPerScale` says for each axis along which scales differ how long a run of equal ones is.
  init(shape: [Int], elementsPerScale: [Int: Int]) {
    let counts = shape.indices.map { axis in elementsPerScale[axis].map { max(shape[axis] / $0, 1) } ?? 1 }
    self.shape = shape
    self.counts = counts
    var groups: [Int32] = [0]
    for axis in shape.indices {
      let run = elementsPerScale[axis] ?? max(shape[axis], 1)
      let steps = (0..<shape[axis]).map { Int32($0 / run) }
      let count = Int32(counts[axis])
      groups = [Int32](unsafeUninitializedCapacity: groups.count * steps.count) { finer, initialized in
        for group in groups {
          for step in steps {
            finer[initialized] = group * count + step
            initialized += 1
          }
        }
      }
    }
    ofElement = groups
  }

  /// One scale for all.
  init(whole shape: [Int]) { self.init(shape: shape, elementsPerScale: [:]) }

  /// One scale per index of each of `axes`.
  init(shape: [Int], axes: [Int]) {
    self.init(shape: shape, elementsPerScale: Dictionary(axes.map { ($0, 1) }, uniquingKeysWith: { first, _ in first }))
  }

  /// How an array of scales of another shape spreads over `shape` (the rule of NumPy); nil where it does not.
  init?(shape: [Int], broadcasting scales: [Int]) {
    guard scales.count <= shape.count else { return nil }
    let offset = shape.count - scales.count
    var axes: [Int] = []
    for (index, length) in scales.enumerated() where length != 1 {
      guard length == shape[offset + index] else { return nil }
      axes.append(offset + index)
    }
    self.init(shape: shape, axes: axes)
  }

  var count: Int { counts.reduce(1, *) }

  /// For each group the largest of `value` over its elements (0 where all are smaller).
  func maximum(of values: [Float], _ value: (Float) -> Float) -> [Float] {
    var result = [Float](repeating: 0, count: count)
    for (element, group) in ofElement.enumerated() {
      result[Int(group)] = max(result[Int(group)], value(values[element]))
    }
    return result
  }
}
