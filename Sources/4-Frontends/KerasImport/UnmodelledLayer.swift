import JSON
import QIR

/// The shapes of results of Keras layers that have no operator.
struct UnmodelledLayer {
  let className: String
  let config: JSONNode
  let inputs: [Shape]

  /// Nil where it is not known.
  var shape: Shape? {
    get throws {
      let input = inputs[0].extents
      switch (className, input.count) {
      case ("BatchNormalization", _), ("QBatchNormalization", _), ("LayerNormalization", _), ("PReLU", _), ("ELU", _),
        ("ThresholdedReLU", _):
        return inputs[0]
      case ("Add", _), ("Multiply", _), ("Subtract", _), ("Average", _), ("Maximum", _), ("Minimum", _):
        return broadcast
      case ("UpSampling2D", 3):
        let size = try config.extent("size")
        return Shape([input[0] * size.rows, input[1] * size.columns, input[2]])
      default: return nil
      }
    }
  }

  /// As NumPy does it, axes of one repeated.
  private var broadcast: Shape? {
    let rank = inputs.map(\.rank).max() ?? 0
    var extents = Array(repeating: 1, count: rank)
    for input in inputs {
      for (axis, extent) in zip(extents.indices.reversed(), input.extents.reversed()) where extent != 1 {
        guard extents[axis] == 1 || extents[axis] == extent else { return nil }
        extents[axis] = extent
      }
    }
    return Shape(extents)
  }

}
