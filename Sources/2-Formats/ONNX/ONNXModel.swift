import Files

/// An ONNX file as values: what schemas/onnx.proto names of it. Tensors keep their bytes where the parser put them until
/// they are asked for.
package struct ONNXModel: Sendable {
  package var irVersion: Int
  /// The version of each operator set by its domain; ONNX' own is "".
  package var opsets: [(domain: String, version: Int)]
  package var graph: ONNXGraph
  /// How many functions it defines.
  package var functions: Int
  /// What its numbers may take of memory; the file itself is counted.
  package var memory: MemoryBudget
  /// What wrote it; not read.
  package var producer: String

  package init(
    irVersion: Int, opsets: [(domain: String, version: Int)], graph: ONNXGraph, functions: Int = 0,
    producer: String = "", memory: MemoryBudget = MemoryBudget(bytes: MemoryBudget.standard)
  ) {
    self.irVersion = irVersion
    self.opsets = opsets
    self.graph = graph
    self.functions = functions
    self.producer = producer
    self.memory = memory
  }

  /// The version of a domain's operators; nil where the file names none.
  package func version(ofDomain domain: String) -> Int? { opsets.first { $0.domain == domain }?.version }

  /// The version of ONNX' own operators; 0 where the file names none.
  package var opset: Int { version(ofDomain: "") ?? 0 }
}

/// ONNX `GraphProto`.
package struct ONNXGraph: Sendable {
  package var name: String
  package var nodes: [ONNXNode]
  package var initializers: [ONNXTensor]
  package var inputs: [ONNXValueInfo]
  package var outputs: [ONNXValueInfo]
  /// What is said of the tensors between them.
  package var values: [ONNXValueInfo]
  /// How many sparse initializers it has.
  package var sparseInitializers: Int

  package init(
    name: String, nodes: [ONNXNode] = [], initializers: [ONNXTensor] = [], inputs: [ONNXValueInfo] = [],
    outputs: [ONNXValueInfo] = [], values: [ONNXValueInfo] = [], sparseInitializers: Int = 0
  ) {
    self.name = name
    self.nodes = nodes
    self.initializers = initializers
    self.inputs = inputs
    self.outputs = outputs
    self.values = values
    self.sparseInitializers = sparseInitializers
  }
}

/// ONNX `NodeProto`.
package struct ONNXNode: Sendable {
  /// May be empty, or the same for several nodes.
  package var name: String
  package var operatorType: String
  package var domain: String
  /// Names of tensors; an optional one that is left out is empty.
  package var inputs: [String]
  package var outputs: [String]
  package var attributes: [(name: String, value: ONNXAttribute)]

  package init(
    _ operatorType: String, name: String = "", domain: String = "", inputs: [String], outputs: [String],
    attributes: [(name: String, value: ONNXAttribute)] = []
  ) {
    self.name = name
    self.operatorType = operatorType
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }
}

/// The value of an attribute (ONNX `AttributeProto`).
package enum ONNXAttribute: Sendable {
  case float(Float)
  case int(Int)
  case string(String)
  case tensor(ONNXTensor)
  case floats([Float])
  case ints([Int])
  case strings([String])
  /// A subgraph, a reference to a function's attribute, or something sparse: `kind` says which.
  case other(kind: String)

  package var kind: String {
    switch self {
    case .float: "a float"
    case .int: "an int"
    case .string: "a string"
    case .tensor: "a tensor"
    case .floats: "floats"
    case .ints: "ints"
    case .strings: "strings"
    case .other(let kind): kind
    }
  }
}

/// ONNX `ValueInfoProto`: the name, element type and shape of a graph's input or output.
package struct ONNXValueInfo: Sendable {
  /// ONNX `TensorShapeProto.Dimension`
  package enum Dimension: Sendable, Equatable {
    case fixed(Int)
    /// Named (`batch`), or not said at all (empty).
    case symbolic(String)
  }

  package var name: String
  package var type: ONNXElementType?
  /// nil where the file says none.
  package var shape: [Dimension]?
  /// What it is where it is no tensor: "a sequence".
  package var otherKind: String?

  package init(name: String, type: ONNXElementType?, shape: [Dimension]?, otherKind: String? = nil) {
    self.name = name
    self.type = type
    self.shape = shape
    self.otherKind = otherKind
  }
}
