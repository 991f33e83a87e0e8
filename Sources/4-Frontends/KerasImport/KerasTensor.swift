/// A weight of a layer as the file holds it.
package struct KerasTensor: Sendable {
  /// As Keras names it: `conv/kernel:0`
  package let name: String
  package let shape: [Int]
  /// Last axis fastest. Throws where the file holds no numbers.
  package let values: @Sendable () throws -> [Float]

  package init(name: String, shape: [Int], values: @escaping @Sendable () throws -> [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// Where the weights of a model come from.
package protocol KerasWeights: Sendable {
  /// The weights of a layer of the outermost model; nil where it has none by that name.
  func tensors(ofLayer name: String) throws -> [KerasTensor]?
  /// The layers that there are weights for, as far as it is known.
  var layerNames: [String] { get throws }
}
