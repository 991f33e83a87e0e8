import Diagnostics
import JSON
import KerasImport
import Numbers
import QIR
import Testing
import TestSupport

/// Whatever a configuration holds, reading it ends with a graph that is whole or with messages.
@Suite struct MutationTests {
  static let networks = [
    "folded_ema", "nested_model", "sequential_in_sequential", "two_inputs", "adaptive_channels", "separable", "conv1d",
    "shapes", "average_pooling", "q_average_pooling", "qbatchnorm", "relu_options", "shared_layer", "strings",
    "keras_activations", "max_pooling", "global_average", "concatenate", "inline_activation", "dense_on_map",
  ]

  @Test(arguments: networks) func randomConfigurations(_ name: String) throws {
    let model = try TestModel("\(Repository.testdata)/zoo/\(name).h5")
    var random = SplitMix(seed: 1)
    var refused = 0
    for _ in 0..<120 {
      var mutant = model
      for _ in 0..<Int.random(in: 1...3, using: &random) { mutant.config.mutate(&random) }
      do throws(Diagnostics) {
        let graph = try KerasModel(config: mutant.config, weights: mutant.weights, file: "test.h5").model().graph
        let problems = GraphVerifier(graph).problems
        #expect(!problems.hasErrors, "\(problems)")
      } catch {
        #expect(error.hasErrors)
        refused += 1
      }
    }
    #expect(refused > 10)
  }
}

extension JSONValue {
  /// Deletes, replaces or doubles one value somewhere inside.
  mutating func mutate(_ random: inout SplitMix) {
    switch self {
    case .object(var members) where !members.isEmpty:
      let index = Int.random(in: 0..<members.count, using: &random)
      switch Int.random(in: 0..<40, using: &random) {
      case 0: members.remove(at: index)
      case 1: members.append(JSONMember(key: members[index].key, value: Self.any(&random)))
      default:
        var value = members[index].value
        value.mutate(&random)
        members[index] = JSONMember(key: members[index].key, value: value)
      }
      self = .object(members)
    case .array(var elements) where !elements.isEmpty:
      let index = Int.random(in: 0..<elements.count, using: &random)
      switch Int.random(in: 0..<20, using: &random) {
      case 0: elements.remove(at: index)
      case 1: elements.append(elements[index])
      case 2: elements.swapAt(0, index)
      default: elements[index].mutate(&random)
      }
      self = .array(elements)
    default: self = Self.any(&random)
    }
  }

  private static func any(_ random: inout SplitMix) -> JSONValue {
    let values: [JSONValue] = [
      .null, .bool(true), .bool(false), .int(0), .int(-1), .int(1), .int(2), .int(3), .int(7), .int(65536), .int(65537),
      .int(1 << 32), .int(.max), .int(.min), .double(.nan), .double(.infinity), .double(-1e300), .double(0.5),
      .double(1e-300), .string(""), .string("same"), .string("relu"), .string("quantized_bits(8)"), .string("c0"),
      .string("a/b"), .array([]), .array([.array([]), .null]), .array([.int(.max), .int(.max)]),
      .array([.string("c0"), .int(0), .int(0)]), .object([]),
      .object([JSONMember(key: "class_name", value: .string("__numpy__"))]),
    ]
    return values[Int.random(in: 0..<values.count, using: &random)]
  }
}
