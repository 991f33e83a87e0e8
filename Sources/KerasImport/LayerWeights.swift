import Diagnostics

/// The weights of one layer, found by the names of its variables.
struct LayerWeights {
  private let tensors: [KerasTensor]
  /// For messages.
  private let location: Diagnostic.Location

  /// - Parameter inner: the layer's own name where it stands in a nested model, whose weights Keras stores together.
  init(_ tensors: [KerasTensor], ofInnerLayer inner: String?, at location: Diagnostic.Location) {
    self.location = location
    guard let inner else {
      self.tensors = tensors
      return
    }
    let scope = "/\(inner)/"
    self.tensors = tensors.filter { "/\($0.name)".contains(scope) }
  }

  func has(_ variable: String) -> Bool { tensors.contains { Self.variable($0) == variable } }

  func location(of variable: String) -> Diagnostic.Location {
    Diagnostic.Location(file: location.file, layer: location.layer, tensor: variable)
  }

  /// The numbers of a variable, all of them finite.
  /// - Parameter shape: nil where any extent will do.
  func values(_ variable: String, shape: [Int?]) throws -> (values: [Float], shape: [Int]) {
    let place = location(of: variable)
    let found = tensors.filter { Self.variable($0) == variable }
    guard let tensor = found.last, found.count == 1 else {
      let names = tensors.prefix(12).map(\.name).joined(separator: ", ")
      throw Diagnostic(
        "the file has \(found.isEmpty ? "no" : "\(found.count)") weights '\(variable)' for this layer", at: place,
        supported: "one" + (names.isEmpty ? "" : "; the layer has \(names)"),
        fix: "save the whole model with model.save, not only its architecture")
    }
    guard tensor.shape.count == shape.count, zip(tensor.shape, shape).allSatisfy({ $1 == nil || $0 == $1 }) else {
      let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw Diagnostic(
        "weights of shape \(tensor.shape)", at: place, supported: "[\(expected)], as the layer's configuration says",
        fix: "save model and weights together")
    }
    let values = try tensor.values()
    guard values.count == tensor.shape.reduce(1, *) else {
      throw Diagnostic("\(values.count) weights for shape \(tensor.shape)", at: place)
    }
    // The sum is finite only if all are, and is faster to look at; a sum that overflows costs a second look.
    if !values.reduce(0, +).isFinite, let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw Diagnostic(
        "a weight is \(values[bad]), at index \(Self.index(bad, in: tensor.shape))", at: place,
        supported: "finite numbers", fix: "train again from the last checkpoint that has none")
    }
    return (values, tensor.shape)
  }

  /// `kernel` of `conv/kernel:0`
  private static func variable(_ tensor: KerasTensor) -> Substring {
    let last = tensor.name.split(separator: "/").last ?? ""
    return last.split(separator: ":").first ?? ""
  }

  private static func index(_ flat: Int, in shape: [Int]) -> [Int] {
    var rest = flat
    return shape.reversed().map { extent in
      defer { rest /= max(extent, 1) }
      return rest % max(extent, 1)
    }.reversed()
  }
}
