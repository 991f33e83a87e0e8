import QIR

/// A tensor's values for some samples, one after another, each flattened (NHWC).
package struct Batch: Sendable, Equatable {
  package var shape: Shape
  package var values: [Float]

  package init(shape: Shape, values: [Float]) {
    precondition(values.count % max(shape.elements, 1) == 0, "whole samples")
    self.shape = shape
    self.values = values
  }

  /// Values that `fill` writes.
  package init(shape: Shape, samples: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
    self.shape = shape
    values = [Float](unsafeUninitializedCapacity: samples * shape.elements) { buffer, count in
      if let base = buffer.baseAddress { fill(base) }
      count = samples * shape.elements
    }
  }

  package var samples: Int { shape.elements == 0 ? 0 : values.count / shape.elements }

  package subscript(samples: Range<Int>) -> Batch {
    Batch(
      shape: shape,
      values: Array(values[(samples.lowerBound * shape.elements)..<(samples.upperBound * shape.elements)]))
  }

  /// Evenly out of all samples so many at most.
  package func thinned(to most: Int) -> Batch {
    guard samples > most else { return self }
    return Batch(
      shape: shape, values: (0..<most).flatMap { self[($0 * samples / most)..<($0 * samples / most + 1)].values })
  }
}
