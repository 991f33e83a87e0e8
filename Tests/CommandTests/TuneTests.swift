import Foundation
import TestSupport
import Testing

/// `qcc tune` as a user meets it.
@Suite struct TuneTests {
  private static let teacher = "$T/quantize/digits_float.h5"
  private static let quantize = "quantize \(teacher) --calibration $T/quantize/calibration.npy"
  private static let tune =
    "tune q.onnx --teacher \(teacher) --data $T/quantize/calibration.npy --test $T/digits_x.npy --test-labels $T/digits_labels.npy"

  private func run(_ line: String, in folder: Folder) throws -> String {
    let result = try Command.run(line, in: folder.path)
    #expect(result.status == 0, "\(line)\n\(result.output)\(result.errors)")
    return result.output
  }

  private func json(_ output: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  /// Training learns what it is shown, and the network that is kept is the best of those on the samples that choose.
  @Test func theTunedNetworkLosesLessAndVerifies() throws {
    let folder = try Folder()
    _ = try run("\(Self.quantize) --weights 2 --maps 3 --input-maps 4 -o q.onnx", in: folder)
    let report = try json(
      run(
        "\(Self.tune) --epochs 60 --rate 0.005 --batch 64 --augment mix --patience 60 --format json -o t.onnx",
        in: folder))
    let epochs = try #require(report["epochs"] as? [[String: Any]])
    let learned = epochs.compactMap { $0["trainingLoss"] as? Double }
    #expect(try #require(learned.last) < 0.9 * #require(learned.first))
    let losses = epochs.compactMap { $0["loss"] as? Double }
    let best = try #require(report["best"] as? Int)
    #expect(best > 0 && losses[best] == losses.min() && losses[best] < losses[0])
    let test = try #require(report["test"] as? [String: Any])
    let after = try #require(test["after"] as? [String: Any])
    // The network that was judged is the one in the file, and it is exact.
    let verified = try json(
      run("verify t.onnx --inputs $T/digits_x.npy --labels $T/digits_labels.npy --no-emitted --format json", in: folder)
    )
    let accuracy = try #require(verified["accuracy"] as? [String: Any])
    #expect(after["metric"] as? Double == accuracy["accelerator"] as? Double)
  }

  @Test func theSameOnAnyNumberOfThreads() throws {
    let folder = try Folder()
    _ = try run("\(Self.quantize) --weights 3 --maps 4 -o q.onnx", in: folder)
    let line = "\(Self.tune) --epochs 2 --augment shift:1x1,mirror,noise:0.05,mix"
    _ = try run("\(line) --threads 1 -o one.onnx", in: folder)
    _ = try run("\(line) --threads 2 -o two.onnx", in: folder)
    _ = try run("\(line) --threads 2 --seed 2 -o other.onnx", in: folder)
    func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(folder.path)/\(name).onnx") }
    #expect(bytes("one") != nil && bytes("one") == bytes("two"))
    #expect(bytes("one") != bytes("other"))
  }

  @Test func zerosOfAPrunedNetworkStay() throws {
    let folder = try Folder()
    _ = try run("\(Self.quantize) --weights 3 --maps 4 --prune 50 -o q.onnx", in: folder)
    _ = try run("\(Self.tune) --epochs 3 --rate 0.01 --keep-zeros -o t.onnx", in: folder)
    let zeros = try ["q.onnx", "t.onnx"].map { file in
      let layers = try json(run("summary \(file) --qstats --format json", in: folder))["sparsity"] as? [[String: Any]]
      return try #require(layers).map { $0["zeros"] as? Int ?? -1 }
    }
    #expect(zip(zeros[0], zeros[1]).allSatisfy { $0 <= $1 }, "\(zeros)")
  }

  @Test func whatIsWrongIsSaid() throws {
    let folder = try Folder()
    _ = try run("\(Self.quantize) -o q.onnx", in: folder)
    for (line, found) in [
      ("tune q.onnx --teacher q.onnx --data $T/quantize/calibration.npy", "the network is quantized already"),
      (
        "tune \(Self.teacher) --teacher \(Self.teacher) --data $T/quantize/calibration.npy",
        "no weights that are learned"
      ),
      ("tune q.onnx --teacher \(Self.teacher) --data $T/digits_labels.npy", "for input"),
      ("tune q.onnx --teacher \(Self.teacher) --data $T/digits_x.npy --labels $T/quantize/none.npy", "none.npy"),
      ("tune none.onnx --teacher none.h5 --data $T/digits_x.npy", "none.h5"),
    ] {
      let result = try Command.run(line, in: folder.path)
      #expect(result.status == 1 && result.errors.contains(found), "\(line)\n\(result.errors)")
    }
    for (options, found) in [
      ("--epochs 0", "--epochs takes 1 to"), ("--rate 2", "--rate takes"), ("--test-labels y.npy", "is for --test"),
      ("--augment shift:1", "--augment"), ("-o t.json", "-o takes a file"),
    ] {
      let result = try Command.run("tune q.onnx --teacher t.h5 --data x.npy \(options)", in: folder.path)
      #expect(result.status == 2 && result.errors.contains(found), "\(options)\n\(result.errors)")
    }
  }
}
