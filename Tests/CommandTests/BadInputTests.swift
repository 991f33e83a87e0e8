import Foundation
import Testing
import TestSupport

/// Files that are no models, arrays that do not fit: a message that says what was found, exit code 1, nothing written.
@Suite struct BadInputTests {
  static let cases: [(words: String, message: String)] = [
    ("compile nothing.h5 -o out", "nothing.h5: no such file"),
    ("compile . -o out", "is a folder"),
    ("compile empty.h5 -o out", "the file is empty"),
    ("compile text.h5 -o out", "not an HDF5 file"),
    ("compile model.onnx -o out", "model.onnx"),
    ("compile $T/digits_dense.golden.h5 -o out", "model.save"),
    ("compile $T/refused/unknown_layers.h5 -o out", "LayerNormalization"),
    ("compile $T/refused/lambda_layer.h5 -o out", "Lambda"),
    ("compile $T/refused/external_link.h5 -o out", "external link"),
    ("compile $T/refused/external_storage.h5 -o out", "external storage"),
    ("compile $T/hdf5/contiguous_huge.h5 -o out", "error: "),
    ("compile $T/hdf5/cycle.h5 -o out", "error: "),
    ("compile $T/digits_dense.h5 --source-quantizer 'nothing(3)' -o out", "unknown quantizer 'nothing'"),
    ("tile-report $T/digits_dense.h5 --target nowhere", "list the targets"),
    ("tile-report $T/digits_dense.h5 --target broken.yaml", "not YAML"),
    ("qtools $T/digits_dense.h5 --source-quantizer 'quantized_bits(8'", "--source-quantizer"),
    ("qtools $T/digits_dense.h5 --keras-quantizer fp64 --keras-accumulator 'binary('", "unknown quantizer 'fp64'"),
    ("qtools $T/digits_dense.h5 --target broken.yaml", "not YAML"),
    ("qtools $T/digits_dense.h5 -o nowhere/map.json", "its folder does not exist"),
    ("energy $T/digits_dense.h5 --process nowhere", "there is no process of this name"),
    ("energy $T/digits_dense.h5 --process odd.yaml", "lacks `name`, `description`, `fixedPointAdd`"),
    ("energy nothing.h5", "nothing.h5: no such file"),
    ("targets odd.yaml", "is not known (line 1)"),
    ("simulate $T/digits_dense.h5 --inputs nothing.npy -o y.npy", "no such file"),
    ("simulate $T/digits_dense.h5 --inputs $T/npy/exact.npy -o y.npy", "supported: [samples, 8, 8, 1]"),
    ("simulate $T/digits_dense.h5 --inputs $T/npy/text.npy -o y.npy", "array.astype"),
    ("simulate $T/digits_dense.h5 --inputs $T/npy/objects.npy -o y.npy", "objects.npy"),
    ("simulate $T/digits_dense.h5 --inputs $T/digits_dense.golden.h5:none -o y.npy", "no dataset 'none'"),
    ("simulate $T/digits_dense.h5 --inputs $T/digits_dense.golden.h5 -o y.npy", "no dataset is named"),
    ("simulate $T/zoo/two_inputs.h5 --inputs $T/digits_x.npy -o y.npy", "image=FILE vector=FILE"),
    (
      "simulate $T/zoo/two_inputs.h5 --inputs image=$T/zoo/two_inputs.golden.h5:x/image -o y.npy",
      "no values for input 'vector'"
    ),
    ("verify $T/digits_dense.h5 --labels $T/digits_labels.npy", "say --inputs"),
    ("verify $T/digits_dense.h5 --inputs $T/digits_x.npy --labels $T/npy/exact.npy", "3 labels for 450 samples"),
    ("verify $T/digits_dense.h5 --golden nothing.h5", "no such file"),
    ("verify $T/digits_dense.h5 --golden $T/digits_dense.h5", "no dataset 'x'"),
    ("verify $T/digits_dense.h5 --golden $T/zoo/add.golden.h5", "shape"),
    (
      "simulate $T/digits_dense.h5 --inputs $T/digits_x.npy --inputs $T/digits_x.npy -o y.npy", "more than one file for"
    ),
    ("simulate $T/digits_dense.h5 --inputs inptu=$T/digits_x.npy -o y.npy", "supported: input=FILE"),
    (
      "simulate $T/digits_dense.h5 --inputs $T/corrupted/zero_times_huge.npy -o y.npy",
      "its shape is [0, 9223372036854775807, 2]"
    ),
    ("simulate $T/digits_dense.h5 --inputs $T/corrupted/huge_x.h5:x -o y.npy", "an array of shape [0, "),
    ("verify $T/digits_dense.h5 --golden $T/corrupted/huge_x.h5", "an array of shape [0, "),
    ("verify $T/digits_dense.h5 --golden $T/corrupted/huge_layer.h5", "an array of shape [0, "),
    ("verify $T/digits_dense.h5 --golden $T/corrupted/odd_names.h5", "that 'relu11', 'relu1/sub' in group 'layers'"),
    ("verify $T/digits_dense.h5 --golden $T/corrupted/odd_names.h5", "'layers/dense1' is a group without datasets"),
    ("verify $T/digits_dense.h5 --golden $T/corrupted/odd_names.h5", "'tensors' is a dataset"),
    (
      "verify $T/digits_dense.h5 --golden $T/digits_dense.golden.h5 --labels $T/corrupted/odd_labels.npy",
      "label -1 of sample 3, and 3 more"
    ),
  ]

  @Test(arguments: cases) func isRefused(_ words: String, _ message: String) throws {
    let folder = try Folder()
    let prepare =
      ": > empty.h5; echo hello > text.h5; echo onnx > model.onnx; echo 'a: [1' > broken.yaml; echo 'a: 1' > odd.yaml"
    let result = try Command.run(words, in: folder.path, before: prepare)
    #expect(result.status == 1, "\(result.output)\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.contains("error: ") && result.output.isEmpty)
    #expect(folder.entries == ["broken.yaml", "empty.h5", "model.onnx", "odd.yaml", "text.h5"])
  }

  @Test func truncatedAnywhere() throws {
    let folder = try Folder()
    let whole = try Data(contentsOf: URL(filePath: Repository.testdata + "/digits_dense.h5"))
    for offset in [1, 7, 8, 95, 96, 511, 800, 2047, 2048, 4000, 8191, whole.count / 2, whole.count - 1] {
      try whole.prefix(offset).write(to: URL(filePath: folder.path + "/cut.h5"))
      let result = try Command.run("compile cut.h5 -o out", in: folder.path)
      #expect(result.status == 1, "\(offset): \(result.errors)")
      #expect(result.errors.contains("cut.h5"), "\(offset): \(result.errors)")
    }
    #expect(folder.entries == ["cut.h5"])
  }

  /// A model_config of 200 MB, the file without its zeros.
  @Test func longConfiguration() throws {
    let folder = try Folder()
    let prepare = "cp $T/corrupted/long_config.head long.h5; truncate -s 200002080 long.h5"
    let result = try Command.run("compile long.h5 -o out", in: folder.path, before: prepare)
    #expect(result.status == 1)
    #expect(result.errors.contains("long.h5: too large or damaged at 'model_config'"), "\(result.errors)")
    #expect(folder.entries == ["long.h5"])
  }

  @Test func aDifferenceEndsWithOne() throws {
    let golden = "$T/corrupted/digits_dense.golden.h5"
    let result = try Command.run("verify $T/digits_dense.h5 --no-emitted --golden \(golden)", in: "/")
    #expect(result.status == 1)
    #expect(result.output.contains("first difference: tensor 'relu1' [2, 5]"), "\(result.output)")
    #expect(result.output.contains("NOT bit-exact"))
    let compiler = try Command.run("verify $T/digits_dense.h5", in: "/", before: "export CC=no-such-compiler")
    #expect(compiler.status == 1)
    #expect(compiler.errors.contains("'no-such-compiler' does not start"))
    let without = try Command.run("verify $T/digits_dense.h5", in: "/", before: "unset CC; export PATH=/nowhere")
    #expect(without.status == 0 && without.output.contains("left out  the emitted C: no C compiler is found"))
  }
}
