import Diagnostics
import JSON
@testable import KerasImport
import QIR
import Testing
import TestSupport

/// One change to a real configuration or its weights, and what must be said of it.
@Suite struct ConfigurationTests {
  private func model(_ name: String = "bn_conv") throws -> TestModel {
    try TestModel("\(Repository.testdata)/zoo/\(name).h5")
  }

  /// Sets a value in the configuration of a layer and expects one message with all these parts.
  private func expect(
    _ layer: String, _ key: String, _ value: JSONValue?, in name: String = "bn_conv", _ parts: String...
  ) throws {
    var model = try model(name)
    let index = try #require(model.config.layer(layer))
    model.config["config", "layers", .index(index), "config", .key(key)] = value
    let problems = model.problems
    #expect(problems.count == 1, "\(problems)")
    for part in ["test.h5", "layer '\(layer)'"] + parts {
      #expect(problems.first?.contains(part) == true, "\(part) in \(problems)")
    }
  }

  /// Keras 2: clip(0.2 x + 0.5, 0, 1). Keras 3: relu6(x + 3) / 6.
  @Test(arguments: [("2.15.0", 0.7), ("3.3.3", 4.0 / 6)])
  func hardSigmoidIsTheOneOfTheVersion(_ version: String, _ atOne: Double) throws {
    let model = try model("keras_activations")
    let graph = try KerasModel(config: model.config, weights: model.weights, version: version).model().graph
    let id = try #require(graph.node(named: "hard_sigmoid1"))
    let op = try #require(graph[id].op as? ElementwiseOp)
    #expect(abs(op.functions.reduce(1.0) { $1($0) } - atOne) < 1e-7)
  }

  @Test func readsUnchanged() throws {
    #expect(try model().problems == [])
  }

  @Test func wrongTypesSayWhere() throws {
    try expect("c0", "filters", .string("four"), "'config.layers[2].config.filters'", "an integer")
    try expect("c0", "filters", .double(4.5), "the number 4.5", "an integer")
    try expect("c0", "filters", nil, "no key 'filters'")
    try expect("c0", "strides", .array([.int(1)]), "has 1 numbers", "two")
    try expect("c0", "strides", .int(0), "is 0", "1 to 65536")
    try expect("c0", "padding", .string("full"), "is 'full'", "valid, same")
    try expect("c0", "padding", .null, "'config.layers[2].config.padding' is null")
    try expect("c0", "strides", .null, "'config.layers[2].config.strides' is null")
    try expect("n0", "epsilon", .null, "'config.layers[3].config.epsilon' is null")
    try expect("c0", "use_bias", .int(2), "the integer 2", "true or false")
    try expect("n0", "axis", .int(1), "the last axis")
    try expect("n0", "epsilon", .string("small"), "a number")
    try expect("flatten", "data_format", .string("channels_first"), "channels_last")
    try expect(
      "input", "batch_input_shape", .array([.null, .int(6), .null, .int(3)]), "[None, 6, None, 3]", "keras.Input")
    try expect(
      "input", "batch_input_shape", .array([.null] + Array(repeating: .int(2), count: 7)), "an input of shape [2, 2",
      "0 to 6 axes")
    try expect("input", "sparse", .bool(true), "sparse=True")
    try expect(
      "c0", "batch_input_shape", .null, "'config.layers[2].config.batch_input_shape' is null", "leave the key out")
    try expect("a0", "activation", .null, "activation' is null", "leave the layer out")
  }

  @Test func keysOfNoVersion() throws {
    try expect("c0", "kernel_quantiser", .null, "'kernel_quantiser'", "'kernel_quantizer' is meant")
    try expect("n0", "inverse_quantizer", .null, "'inverse_quantizer'")
    try expect("flatten", "axis", .int(1), "'axis'", "data_format")
    try expect("c0", "threshold", .int(1), "'threshold'", "fix: leave it out")
    try expect("input", "ragged_rank", .int(1), "'ragged_rank'", "'ragged' is meant")
  }

  /// What a class' keys promise: a value of no type that any key has is found by whoever reads the key.
  @Test(arguments: MutationTests.networks) func keysAreRead(_ name: String) throws {
    let whole = try model(name)
    guard case .array(let layers)? = whole.config["config", "layers"] else { return }
    var keys = 0
    for (index, layer) in layers.enumerated() {
      guard case .string(let className)? = layer["class_name"], let row = LayerTable.byClass[className],
        case .object(let members)? = layer["config"]
      else { continue }
      let read = row.keys(of: className).read.subtracting(["batch_input_shape"])
      for key in members.map(\.key).filter(read.contains) {
        var model = whole
        model.config["config", "layers", .index(index), "config", .key(key)] = .object([])
        #expect(!model.problems.isEmpty, "\(className): \(key)")
        keys += 1
      }
    }
    #expect(keys > 0 || name.hasPrefix("sequential"))
  }

  @Test func numbersForFlags() throws {
    var model = try model()
    let norm = try #require(model.config.layer("n0"))
    for value: JSONValue in [.int(1), .double(1), .bool(true)] {
      model.config["config", "layers", .index(norm), "config", "scale"] = value
      #expect(model.problems == [])
    }
    // Without gamma, which the file has.
    for value: JSONValue in [.int(0), .null] {
      model.config["config", "layers", .index(norm), "config", "scale"] = value
      #expect(model.problems.count == 1)
      #expect(model.problems.first?.contains("does not use: n0/gamma:0") == true, "\(model.problems)")
    }
  }

  @Test func hostileSizesAreRefused() throws {
    try expect("c0", "filters", .int(.max), "9223372036854775807", "1 to 16777216")
    try expect("z1", "padding", .int(65536), in: "shapes", "a tensor of shape", "up to 268435456 elements")
    try expect("c0", "kernel_size", .array([.int(65536), .int(65536)]), "weights of shape [3, 3, 3, 4]")
    try expect("p", "pool_size", .int(65536), in: "sequential", "larger than the feature map")
    try expect(
      "input", "batch_input_shape", .array([.null, .int(1 << 24), .int(1 << 24), .int(3)]), "an input of shape")
    try expect("input", "batch_input_shape", .array([.null, .int(.max), .int(.max), .int(3)]), "an input of shape")
  }

  @Test func otherPrecisionIsRefused() throws {
    try expect("c0", "dtype", .string("float16"), "is 'float16'", "float32")
    let policy: JSONValue = .object([
      JSONMember(key: "class_name", value: .string("Policy")),
      JSONMember(key: "config", value: .object([JSONMember(key: "name", value: .string("mixed_float16"))])),
    ])
    try expect("c0", "dtype", policy, "is 'mixed_float16'", "float32")
    try expect("input", "dtype", .string("uint8"), "is 'uint8'", "float32")
  }

  @Test func activationsThatAreNoneOfOurs() throws {
    try expect("softmax", "activation", .string("crelu"), in: "keras_activations", "'crelu'", "hard_sigmoid")
    try expect("softmax", "activation", nil, in: "keras_activations", "no key 'activation'")
    try expect("c0", "activation", .string("crelu"), "crelu")
    try expect("r0", "max_value", .double(-1), in: "relu_options", "max_value is -1.0")
    try expect("r1", "negative_slope", .double(.infinity), in: "relu_options", "negative_slope is inf")
  }

  @Test func callsWithArguments() throws {
    func problems(_ call: JSONValue) throws -> [String] {
      var model = try model()
      let index = try #require(model.config.layer("n0"))
      model.config["config", "layers", .index(index), "inbound_nodes"] = .array([.array([call])])
      return model.problems
    }
    func call(_ key: String, _ value: JSONValue) -> JSONValue {
      .array([.string("c0"), .int(0), .int(0), .object([JSONMember(key: key, value: value)])])
    }
    #expect(try problems(call("training", .bool(false))) == [])
    #expect(try problems(call("mask", .null)) == [])
    #expect(try problems(call("training", .bool(true))).first?.contains("training=True") == true)
    let tensor: JSONValue = .array([.string("c0"), .int(0), .int(0)])
    #expect(try problems(call("initial_state", tensor)).first?.contains("'initial_state'") == true)
    #expect(try problems(.array([.string("c0"), .int(1), .int(0)])).first?.contains("call 1 of layer 'c0'") == true)
    #expect(try problems(.array([.string("c0"), .int(0), .int(1)])).first?.contains("output 1 of layer 'c0'") == true)
    // The layer is there: nobody is told that it is missing.
    #expect(try problems(call("initial_state", tensor)).count == 1)
    #expect(try problems(.string("c0")).first?.contains("[layer, call, output, arguments]") == true)
  }

  @Test func modelsThatAreNone() throws {
    for (config, part) in [
      (JSONValue.null, "is null"), (.array([]), "an array"), (.object([]), "no key 'class_name'"),
    ] {
      var model = try model()
      model.config = config
      #expect(model.problems.first?.contains(part) == true, "\(model.problems)")
    }
    var subclass = try model()
    subclass.config["class_name"] = .string("MyModel")
    #expect(subclass.problems.first?.contains("'MyModel'") == true)
    var empty = try model()
    empty.config["config", "output_layers"] = .array([])
    #expect(empty.problems.first?.contains("no output_layers") == true)
    var twice = try model()
    let index = try #require(twice.config.layer("a0"))
    twice.config["config", "layers", .index(index), "name"] = .string("c0")
    twice.config["config", "layers", .index(index), "config", "name"] = .string("c0")
    #expect(twice.problems.contains { $0.contains("two layers are named 'c0'") })
  }

  @Test func weightsThatDoNotFit() throws {
    var surplus = try model()
    surplus.weights.layers["gone"] = [KerasTensor(name: "gone/kernel:0", shape: [1]) { [1] }]
    #expect(surplus.problems.count == 1)
    #expect(surplus.problems.first?.contains("layers that the model does not have: 'gone'") == true)

    var missing = try model()
    missing.weights.layers["n0"] = nil
    #expect(missing.problems.count == 4, "\(missing.problems)")
    #expect(missing.problems.allSatisfy { $0.contains("layer 'n0'") && $0.contains("no weights") })

    var bad = try model()
    bad.weights.layers["c0"] = [
      KerasTensor(name: "c0/kernel:0", shape: [3, 3, 3, 4]) {
        (0..<108).map { $0 == 43 ? -.infinity : 0.25 }
      },
      KerasTensor(name: "c0/bias:0", shape: [1 << 40, 1 << 40]) { [] },
    ]
    #expect(bad.problems.count == 2, "\(bad.problems)")
    #expect(bad.problems.contains { $0.contains("tensor 'kernel': a weight is -inf, at index [1, 0, 1, 3]") })
    #expect(bad.problems.contains { $0.contains("tensor 'bias': weights of shape") && $0.contains("[4]") })
  }

  /// Nested models that call each other twice would make billions of nodes.
  @Test func modelsInModelsEnd() throws {
    let config = try model("nested_sequential").config
    let block = try #require(config.layer("block"))
    let entry = try #require(config["config", "layers", .index(block)])
    func doubled(_ inner: JSONValue, _ name: String) -> JSONValue {
      var outer = config
      outer["config", "name"] = .string(name)
      var renamed = inner
      renamed["name"] = .string("block")
      renamed["config", "name"] = .string("block")
      outer["config", "layers"] = .array([config["config", "layers", 0] ?? .null, renamed])
      outer["config", "input_layers"] = .array([.array([.string("input"), .int(0), .int(0)])])
      outer["config", "output_layers"] = .array([.array([.string("block"), .int(2), .int(0)])])
      outer["name"] = .string("block")
      outer["inbound_nodes"] = entry["inbound_nodes"]
      return outer
    }
    var inner = entry
    inner["inbound_nodes", 0, 0, 0, 0] = .string("input")
    for _ in 0..<24 {
      inner = doubled(inner, "block")
      inner["inbound_nodes", 0, 0, 0, 0] = .string("input")
    }
    var model = try model("nested_sequential")
    model.config = inner
    #expect(model.problems.contains { $0.contains("more than 20000 times") }, "\(model.problems.prefix(3))")
  }
}
