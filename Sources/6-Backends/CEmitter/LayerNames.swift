/// The C names of one instruction. The number makes them unique.
struct LayerNames {
  /// `layer_03_run_conv_pw_1`: no name of a layer makes it one of a constant.
  let function: String
  /// `mobilenet_layer_03_`, before the names of the layer's constants
  let prefix: String

  /// `mobilenet_layer_03`, the layer's `st_layer`.
  let descriptor: String

  init(index: Int, name: String, network: String) {
    let number = index < 10 ? "0\(index)" : "\(index)"
    descriptor = "\(network)_layer_\(number)"
    prefix = descriptor + "_"
    function = "layer_\(number)_run_" + Identifier.sanitized(name)
  }
}
