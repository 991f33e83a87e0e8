import Diagnostics
import QIR

/// The weights of one layer, found by the names of its variables.
struct LayerWeights {
  /// With the name of its variable: `kernel` of `conv/kernel:0`.
  private let tensors: [(variable: Substring, tensor: KerasTensor)]
  /// The names of variables that were asked for.
  private var used: Set<Substring> = []
  /// Where the tensor is known to be the layer's own: of a nested model, whose layers' names may stand in each other's.
  private let inner: String?
  /// For messages.
  private let location: Diagnostic.Location

  /// - Parameter inner: the layer's own name where it stands in a nested model, whose weights Keras stores together.
  init(_ tensors: [KerasTensor], ofInnerLayer inner: String?, at location: Diagnostic.Location) {
    self.location = location
    self.inner = inner
    let scope = inner.map { "/\($0)/" }
    self.tensors = tensors.filter { tensor in scope.map { "/\(tensor.name)".firstRange(of: $0) != nil } ?? true }
      .map { (Self.variable($0.name), $0) }
  }

  /// As they are in the file, by the names of their variables.
  var asRead: [Layer.Weight] {
    tensors.map { Layer.Weight(name: String($0.variable), shape: $0.tensor.shape, values: $0.tensor.values) }
  }

  func location(of variable: String) -> Diagnostic.Location {
    Diagnostic.Location(file: location.file, layer: location.layer, tensor: variable)
  }

  func holds(_ variable: String) -> Bool { tensors.contains { $0.variable == variable } }

  /// The numbers of a variable, all of them finite. Those below 2^-126 are 0, as TensorFlow takes them: they have no sign.
  /// - Parameter shape: nil where any extent will do.
  mutating func values(_ variable: String, shape: [Int?]) throws -> (values: [Float], shape: [Int]) {
    used.insert(Substring(variable))
    let place = location(of: variable)
    let found = tensors.filter { $0.variable == variable }
    guard let tensor = found.last?.tensor, found.count == 1 else {
      let names = tensors.prefix(12).map(\.tensor.name).joined(separator: ", ")
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
    try require(
      values.count == tensor.shape.reduce(1, *), "\(values.count) weights for shape \(tensor.shape)", at: place)
    if !values.areFinite, let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw Diagnostic(
        "a weight is \(values[bad]), at index \(Shape(tensor.shape).index(of: bad))", at: place,
        supported: "finite numbers", fix: "train again from the last checkpoint that has none")
    }
    return (values.contains(where: \.isSubnormal) ? values.map { $0.isSubnormal ? 0 : $0 } : values, tensor.shape)
  }

  /// The problem of weights that nobody asked for: a configuration and weights that do not belong together.
  /// - Parameter others: variables that mean nothing at inference.
  func unused(besides others: Set<String>) -> Diagnostics {
    let surplus = tensors.filter { tensor in
      !used.contains(tensor.variable) && !others.contains(String(tensor.variable))
        && inner.map { "/\(tensor.tensor.name)".firstRange(of: "/\($0)/\(tensor.variable)") != nil } ?? true
    }
    guard !surplus.isEmpty else { return Diagnostics() }
    return Diagnostics([
      Diagnostic(
        "the file has weights for this layer that its configuration does not use: "
          + surplus.prefix(12).map(\.tensor.name).joined(separator: ", "), at: location,
        fix: "save model and weights together, with model.save")
    ])
  }

  /// `kernel` of `conv/kernel:0`.
  static func variable(_ name: String) -> Substring {
    let bytes = name.utf8
    let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes.index(after: $0) } ?? bytes.startIndex
    return name[start..<(bytes[start...].firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex)]
  }
}

/// A weight of a layer, by the name that Keras gives it: `conv/kernel:0`
package typealias KerasTensor = Layer.Weight

/// Where the weights of a model come from.
package protocol KerasWeights: Sendable {
  /// The weights of a layer of the outermost model; nil where it has none by that name.
  func tensors(ofLayer name: String) throws -> [KerasTensor]?
  /// The layers that there are weights for, as far as it is known.
  var layerNames: [String] { get throws }
}
