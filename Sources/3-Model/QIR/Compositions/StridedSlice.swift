import Numbers

/// Every `step`th position of an axis from `start` to the one before `stop`, as Python's `x[start:stop:step]` has it (Keras, ONNX
/// `Slice`, TensorFlow Lite STRIDED_SLICE): counted from the end where they are negative, all the way where they are nil.
package struct StridedSlice {
  private let start: Int?
  private let stop: Int?
  private let step: Int

  /// - Parameter step: not 0; below 0 it goes backwards.
  package init(from start: Int?, to stop: Int?, by step: Int) {
    precondition(step != 0, "a slice goes on")
    self.start = start
    self.stop = stop
    self.step = step
  }

  /// Where it begins on an axis, one beyond an end perhaps.
  package func first(in extent: Int) -> Int { start.map { place($0, in: extent) } ?? (step > 0 ? 0 : extent - 1) }

  package func positions(in extent: Int) -> [Int] {
    let end = stop.map { place($0, in: extent) } ?? (step > 0 ? extent : -1)
    return Array(stride(from: first(in: extent), to: end, by: step))
  }

  /// What lies outside means the end: backwards a slice begins at the last position at most, and may end before the first.
  private func place(_ index: Int, in extent: Int) -> Int {
    (index < 0 ? index &+ extent : index).clamped(to: step > 0 ? 0...extent : -1...(extent - 1))
  }
}
