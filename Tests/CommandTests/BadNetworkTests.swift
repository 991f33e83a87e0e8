import Foundation
import Testing
import TestSupport

/// ONNX files that are damaged, or hold what cannot be read: a message that names the node or the tensor, exit code 1, at
/// once and in little memory.
@Suite struct BadNetworkTests {
  private static let folder = "\(Repository.testdata)/onnx/bad"

  /// Words of the message, by file.
  static let cases: [(name: String, words: [String])] = [
    ("absent", ["no such file"]),
    ("attribute_of_wrong_type", ["layer 'odd (Flatten)'", "attribute 'axis' is"]),
    ("complex", ["tensor 'w'", "complex64"]),
    ("constant_output", ["tensor 'y'", "output is a constant"]),
    ("cut", ["no ONNX model, or damaged"]),
    ("cycle", ["cycle: first (Add), second (Relu), third (Relu)"]),
    ("deep", ["the graph has no output"]),
    ("external_absolute", ["tensor 'w'", "'/etc/passwd', outside of the model's folder"]),
    ("external_folder_link", ["tensor 'w'", "'link/weights.bin', outside of the model's folder"]),
    ("external_huge", ["tensor 'w'", "weights.bin', which has 64 bytes"]),
    ("external_link", ["tensor 'w'", "'link.bin', outside of the model's folder"]),
    ("external_missing", ["tensor 'w'", "weights.bin': no such file"]),
    ("external_negative", ["tensor 'w'", "external data with offset '-1'"]),
    ("external_nowhere", ["tensor 'w'", "names no file"]),
    ("external_parent", ["tensor 'w'", "'../weights.bin', outside of the model's folder"]),
    ("external_parent_inside", ["tensor 'w'", "'folder/../../weights.bin', outside of the model's folder"]),
    ("external_short", ["tensor 'w'", "at byte 40, 48 bytes long", "weights.bin', which has 64 bytes"]),
    ("field_zero", ["no ONNX model, or damaged"]),
    ("function", ["1 functions of the model's own"]),
    ("growing_constants", ["(Concat)", "numbers of shape"]),
    ("hollow_nodes", ["a graph of 20000 nodes", "supported: up to"]),
    ("huge_beside_empty", ["tensor 'w'", "shape [0, 4611686018427387904, 4611686018427387904]"]),
    ("huge_extents", ["tensor 'w'", "shape [1099511627776, 1099511627776]"]),
    ("if", ["layer 'choice (If)'", "control flow"]),
    ("input_made_by_node", ["tensor 'x'", "two tensors are named 'x'"]),
    ("input_of_a_sequence", ["layer 'x'", "a sequence"]),
    ("input_of_dynamic_shape", ["layer 'x'", "unknown extent", "features"]),
    ("input_of_huge_shape", ["'x'", "[1099511627776]"]),
    ("input_of_negative_shape", ["'x'", "[-4]"]),
    ("input_of_strings", ["layer 'x'", "string"]),
    ("input_without_shape", ["layer 'x'", "no known type and shape"]),
    ("ir_version_99", ["IR version 99"]),
    ("kernel_beyond_counting", ["layer 'pool (MaxPool)'", "kernel_shape [4611686018427387904, 1]"]),
    ("length_beyond_the_end", ["no ONNX model, or damaged"]),
    ("loop", ["layer 'turns (Loop)'", "control flow"]),
    ("missing_initializer", ["layer 'product (MatMul)'", "tensor 'w', which nothing makes"]),
    ("missing_output", ["output 'z' is made by no node"]),
    ("name_with_zero", ["an operator's name"]),
    ("negative_extent", ["tensor 'w'", "shape [-4, 3]"]),
    ("no_inputs", ["layer 'odd (Relu)'", "0 inputs"]),
    ("no_outputs", ["the graph has no output"]),
    ("no_type", ["tensor 'w'", "element type 0"]),
    ("not_a_number", ["layer 'product (MatMul)'", "its kernel holds nan"]),
    ("nothing_but_a_version", ["the model has no graph"]),
    ("operator_not_utf8", ["an operator's name is not UTF-8"]),
    ("opset_5", ["opset 5"]),
    ("opset_99", ["opset 99"]),
    ("pads_beyond_counting", ["layer 'frame (Pad)'", "pads ["]),
    ("reads_itself", ["cycle: sum (Add)"]),
    ("reshape_beyond_counting", ["layer 'turn (Reshape)'", "[1099511627776, 1099511627776, -1]"]),
    ("scale_infinite", ["layer 'quantizer (QuantizeLinear)'", "scale"]),
    ("scale_negative", ["layer 'quantizer (QuantizeLinear)'", "scale"]),
    ("scale_none", ["layer 'quantizer (QuantizeLinear)'", "scale"]),
    ("scale_zero", ["layer 'quantizer (QuantizeLinear)'", "scale"]),
    ("scales_and_zero_points", ["layer 'quantizer (QuantizeLinear)'", "4 scales and 3 zero points"]),
    ("scan", ["layer 'steps (Scan)'", "control flow"]),
    (
      "several_mistakes",
      [
        "layer 'one (Det)'", "layer 'two (MatMul)'", "'absent', which nothing makes", "layer 'three (Relu)'",
        "attribute 'slope'", "layer 'four (Scan)'",
      ]
    ),
    ("sparse", ["1 sparse initializers"]),
    ("spreading_constants", ["(Add)", "numbers of shape [5000, 5000]"]),
    ("strings", ["tensor 'w'", "string"]),
    ("tensor_not_utf8", ["a tensor's name is not UTF-8"]),
    ("text", ["no ONNX model, or damaged"]),
    ("too_few_inputs", ["layer 'odd (MatMul)'", "1 inputs"]),
    ("too_little_data", ["tensor 'w'", "44 bytes of data", "supported: 48 bytes"]),
    ("too_much_data", ["tensor 'w'", "48 bytes of data", "supported: 24 bytes"]),
    ("two_initializers_of_a_name", ["two tensors are named 'w'"]),
    ("two_of_a_name", ["two tensors are named 'y'"]),
    ("unknown_attribute", ["layer 'odd (Relu)'", "attribute 'slope'"]),
    ("unknown_domain", ["layer 'odd (Twice)'", "operator own.Twice"]),
    ("unknown_operator", ["layer 'odd (Det)'", "operator Det"]),
    ("unknown_type", ["tensor 'w'", "element type 99"]),
    ("wire_type_of_graph", ["no ONNX model, or damaged"]),
    ("wire_type_of_name", ["no ONNX model, or damaged"]),
  ]

  @Test(arguments: cases) func isRefused(_ name: String, _ words: [String]) throws {
    let outer = try Folder()
    let prepare = """
      mkdir models && cd models && cp "$T/onnx/bad/\(name).onnx" model.onnx 2>/dev/null
      head -c 64 /dev/zero | tee ../weights.bin > data.bin; ln -s ../weights.bin link.bin; ln -s .. link
      case \(name) in external_missing) ;; *) mv data.bin weights.bin;; esac; ulimit -t 2; ulimit -v 4000000
      """
    let result = try Command.run("compile model.onnx -o out", in: outer.path, before: prepare)
    #expect(result.status == 1 && result.output.isEmpty, "\(result.status) \(result.output)\(result.errors)")
    for word in ["error: model.onnx: "] + words { #expect(result.errors.contains(word), "\(result.errors)") }
    #expect(outer.entries == ["models", "weights.bin"])
    #expect(!FileManager.default.fileExists(atPath: outer.path + "/models/out"))
  }

  /// A file that nobody says anything about is no test.
  @Test func everyFileHasItsMessage() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".onnx") }
    #expect(Set(files) == Set(Self.cases.map { "\($0.name).onnx" }).subtracting(["absent.onnx"]))
  }
}
