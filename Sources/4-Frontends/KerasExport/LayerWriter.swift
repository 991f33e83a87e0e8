import Diagnostics
import HDF5
import JSON
import QIR

/// Goes over a graph in order and writes the layers of each node.
struct LayerWriter {
  let graph: Graph
  var problems = Diagnostics()
  private(set) var layers: [KerasLayer] = []
  /// By node of the graph: the layer with its result.
  private var results: [String]
  private var names: Set<String> = []

  init(_ graph: Graph) {
    self.graph = graph
    results = Array(repeating: "", count: graph.nodes.count)
    // What nodes are called goes before what is put between them.
    for id in graph.ids { results[id.index] = unused(graph[id].name) }
  }

  mutating func run() {
    for id in graph.ids { write(id) }
  }

  private mutating func write(_ id: NodeID) {
    switch graph[id].op.kind {
    case .input: writeInput(id)
    case .quantize(let op): write(op, id)
    case .convolution(let op): write(op, id)
    case .depthwiseConvolution(let op): write(op, id)
    case .dense(let op): write(op, id)
    case .batchNormalization(let op): write(op, id)
    case .elementwise(let op): write(op, id)
    case .prelu(let op): write(op, id)
    case .softmax: append("Activation", id, ["activation": "softmax"])
    case .add: append("Add", id)
    case .multiply: append("Multiply", id)
    case .maximum: append("Maximum", id)
    case .minimum: append("Minimum", id)
    case .matrixProduct(let op) where graph[id].shape.rank == 2:
      append("Dot", id, ["axes": .array([2, .int(op.transposesSecond ? 2 : 1)]), "normalize": false])
    case .concatenate(let op): append("Concatenate", id, ["axis": .int(op.axis + 1)])
    case .maxPool(let op): writePool("MaxPooling2D", op.window, id)
    case .averagePool(let op): write(op, id)
    case .pad(let op): append("ZeroPadding2D", id, ["padding": op.padding.json])
    case .reshape(let op): append("Reshape", id, ["target_shape": .array(op.shape.extents.map { .int($0) })])
    case .identity: append("Activation", id, ["activation": "linear"])
    case .transpose(let op): append("Permute", id, ["dims": .array(op.permutation.map { .int($0 + 1) })])
    case .select(let op): write(op, id)
    case .affine, .matrixProduct: report("the operator \(type(of: graph[id].op).mnemonic)", id)
    }
  }

  private mutating func writeInput(_ id: NodeID) {
    append(
      "InputLayer", id,
      [
        "batch_input_shape": .array([.null] + graph[id].shape.extents.map { .int($0) }), "sparse": false,
        "ragged": false,
      ])
  }

  // MARK: Layers

  /// The layer with a node's result.
  ///
  /// - Parameter inputs: the layers that it reads, where those are not its node's inputs.
  mutating func append(
    _ className: String, _ id: NodeID, _ members: KeyValuePairs<String, JSONValue> = [:],
    variables: [KerasLayer.Variable] = [], inputs: [String]? = nil
  ) {
    layers.append(
      KerasLayer(
        className: className, name: results[id.index],
        inputs: inputs ?? graph[id].inputs.map { results[$0.index] }, members: [JSONMember](members),
        variables: variables))
  }

  /// A layer between a node's input and the one with its result.
  /// - Returns: its name.
  mutating func append(_ className: String, before id: NodeID, _ members: KeyValuePairs<String, JSONValue>) -> String {
    let name = unused("\(results[id.index])_\(className)")
    layers.append(
      KerasLayer(
        className: className, name: name, inputs: [results[graph[id].inputs[0].index]],
        members: [JSONMember](members), variables: []))
    return name
  }

  mutating func report(_ found: String, _ id: NodeID, supported: String? = nil) {
    problems.report(
      "\(found), which no layer of QKeras says", at: graph.location(of: id), supported: supported,
      fix: "write the network as .onnx")
  }

  /// A name like this that no layer has, of the letters that TensorFlow lets stand in one.
  private mutating func unused(_ name: String) -> String {
    let letters = name.unicodeScalars.map { scalar -> Character in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_.-".unicodeScalars.contains(scalar))
        ? Character(scalar) : "_"
    }
    let isFree = letters.first.map { $0.isLetter || $0.isNumber } ?? false
    let stem = (isFree ? "" : "layer_") + String(letters)
    var candidate = stem
    var number = 2
    while !names.insert(candidate).inserted {
      candidate = "\(stem)_\(number)"
      number += 1
    }
    return candidate
  }

  // MARK: The file

  var content: H5Output {
    var content = H5Output()
    content.put(config.text, named: "model_config")
    let weights = "model_weights"
    for group in ["", weights] {
      content.put("2.15.0", named: "keras_version", at: group)
      content.put("tensorflow", named: "backend", at: group)
    }
    content.put(layers.map(\.name), named: "layer_names", at: weights)
    for layer in layers {
      let group = "\(weights)/\(layer.name)"
      content.put(layer.variablePaths, named: "weight_names", at: group)
      for (variable, path) in zip(layer.variables, layer.variablePaths) {
        content.put(variable.values, shape: variable.shape, at: "\(group)/\(path)")
      }
    }
    return content
  }

  private var config: JSONValue {
    func references(_ ids: [NodeID]) -> JSONValue { .array(ids.map { [.string(results[$0.index]), 0, 0] }) }
    return [
      "class_name": "Functional",
      "config": [
        "name": .string(graph.name), "trainable": true, "layers": .array(layers.map(\.config)),
        "input_layers": references(graph.inputs), "output_layers": references(graph.outputs),
      ],
    ]
  }
}
