import Foundation
import TestSupport
import Testing

/// `qcc export` as a user meets it.
@Suite struct ExportTests {
  @Test func aFileThatIsReadAgain() throws {
    let folder = try Folder()
    for style in ["qonnx", "qdq"] {
      let result = try Command.run("export $T/digits_dense.h5 -o \(style).onnx --style \(style)", in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("\(style).onnx: "))
      let verified = try Command.run("verify \(style).onnx --no-emitted --samples 3", in: folder.path)
      #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    }
    // One at a time: an export of an export is the same network once more.
    let again = try Command.run("export qonnx.onnx -o again.onnx", in: folder.path)
    #expect(again.status == 0, "\(again.errors)")
    for file in ["qonnx", "qdq", "again"] {
      let result = try Command.run(
        "simulate \(file).onnx --inputs $T/digits_dense.golden.h5:x -o \(file).npy", in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
    }
    let model = try Command.run(
      "simulate $T/digits_dense.h5 --inputs $T/digits_dense.golden.h5:x -o y.npy", in: folder.path)
    #expect(model.status == 0)
    let compared = try Shell.run("for f in qonnx qdq again; do cmp $f.npy y.npy; done", in: folder.path)
    #expect(compared.status == 0 && compared.output.isEmpty, "\(compared.output)\(compared.errors)")
  }

  /// For QKeras, from ONNX too.
  @Test func aKerasFileIsTheSameNetwork() throws {
    let folder = try Folder()
    for line in [
      "export $T/digits_dense.h5 -o a.h5", "export $T/digits_dense.h5 -o a.onnx", "export a.onnx -o b.h5",
      "simulate $T/digits_dense.h5 --inputs $T/digits_dense.golden.h5:x -o y.npy",
      "simulate a.h5 --inputs $T/digits_dense.golden.h5:x -o a.npy",
      "simulate b.h5 --inputs $T/digits_dense.golden.h5:x -o b.npy",
    ] {
      let result = try Command.run(line, in: folder.path)
      #expect(result.status == 0, "\(line): \(result.errors)")
    }
    let compared = try Shell.run("for f in a b; do cmp $f.npy y.npy; done", in: folder.path)
    #expect(compared.status == 0 && compared.output.isEmpty, "\(compared.output)\(compared.errors)")
  }

  @Test func sourceQuantizer() throws {
    let folder = try Folder()
    let result = try Command.run(
      "export $T/zoo/no_linear_layer.h5 -o a.onnx --source-quantizer 'quantized_bits(8,2,1)'", in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let wrong = try Command.run("export $T/digits_dense.h5 -o b.onnx --source-quantizer nothing", in: folder.path)
    #expect(wrong.status == 1 && wrong.errors.contains("nothing"))
    #expect(folder.entries == ["a.onnx"])
  }

  @Test(arguments: [
    ("$T/zoo/ulaw.h5 -o a.onnx", 1, "not evenly spaced"),
    ("$T/digits_conv_affine.h5 -o a.onnx --style qdq", 1, "is no float32 number"),
    ("$T/zoo/binary_activations.h5 -o a.onnx --style qdq", 1, "use --style qonnx"),
    ("$T/digits_dense.h5 -o nowhere/a.onnx", 1, "folder does not exist"), ("$T/digits_dense.h5 -o .", 1, "is a folder"),
    ("missing.h5 -o a.onnx", 1, "missing.h5"), ("$T/digits_dense.h5", 2, "--output"),
    ("$T/digits_dense.h5 -o a.h5 --style qdq", 2, "--style is for .onnx files"),
    ("$T/digits_dense.h5 -o a.onnx --style onnx", 2, "qonnx"), ("$T/digits_dense.h5 -o ''", 2, "empty name"),
  ])
  func refused(_ words: String, _ status: Int32, _ message: String) throws {
    let folder = try Folder()
    let result = try Command.run("export \(words)", in: folder.path)
    #expect(result.status == status)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == [])
  }
}
