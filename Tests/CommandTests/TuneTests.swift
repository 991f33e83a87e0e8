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

  /// A training that is killed goes on where it was, and nothing of it shows in the end.
  @Test func whatWasKilledGoesOnToTheSameBytes() throws {
    let folder = try Folder()
    _ = try run("\(Self.quantize) --weights 3 --maps 4 -o q.onnx", in: folder)
    let line = "\(Self.tune) --epochs 8 --patience 8 --augment shift:1x1"
    let whole = try json(run("\(line) --format json -o whole.onnx", in: folder))
    // As soon as some epochs are in the file.
    let killed = try Command.run(
      """
      \(line) --resume run.h5 -o parts.onnx & until [ -e run.h5 ]; do sleep 0.01; done; sleep 0.3; kill -9 $!; \
      wait $!; exit 0
      """, in: folder.path)
    #expect(killed.status == 0 && folder.entries.contains("run.h5"), "\(killed.errors)")
    let other = try Command.run("\(line) --seed 3 --resume run.h5", in: folder.path)
    #expect(other.status == 1 && other.errors.contains("was made with seed 1, not 3"), "\(other.errors)")
    let report = try json(run("\(line) --threads 1 --resume run.h5 --format json -o parts.onnx", in: folder))
    func losses(_ report: [String: Any]) -> [Double] {
      (report["epochs"] as? [[String: Any]] ?? []).compactMap { $0["loss"] as? Double }
    }
    #expect(losses(whole).count > 1 && losses(whole) == losses(report))
    func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(folder.path)/\(name)") }
    #expect(bytes("whole.onnx") != nil && bytes("whole.onnx") == bytes("parts.onnx"))
    // All of it is there: nothing is left to do.
    _ = try run("\(line) --resume run.h5 -o again.onnx", in: folder)
    #expect(bytes("whole.onnx") == bytes("again.onnx"))
    // A damaged one is said to be that.
    for damage in ["printf x > run.h5", "cp $T/digits_dense.h5 run.h5"] {
      _ = try Command.run("--version; \(damage)", in: folder.path)
      let result = try Command.run("\(line) --resume run.h5", in: folder.path)
      #expect(result.status == 1 && result.errors.contains("run.h5"), "\(result.errors)")
    }
  }

  /// Somebody else trains: here networks are handed back as they are, made another, or not at all.
  @Test func otherTrainersAreReadAndJudged() throws {
    let folder = try Folder()
    _ = try run("\(Self.quantize) --weights 2 --maps 3 -o q.onnx", in: folder)
    _ = try run("\(Self.quantize) --weights 8 --maps 8 --style qonnx -o wide.onnx", in: folder)
    let line = "\(Self.tune) --epochs 7 --format json -o t.onnx"
    for (trainer, best) in [("cp {in.onnx} {out.onnx}", 0), ("test -s {in.onnx} && cp wide.onnx {out.onnx}", 7)] {
      let report = try json(run("\(line) --trainer '\(trainer)'", in: folder))
      let epochs = try #require(report["epochs"] as? [[String: Any]])
      #expect(epochs.compactMap { $0["epoch"] as? Int } == [0, 7])
      #expect(report["best"] as? Int == best)
    }
    for (trainer, found) in [
      ("echo no data; exit 3; {in.onnx} {out.onnx}", "no data"), ("true {in.onnx} {out.onnx}", "no {out}"),
      ("echo x > {out.onnx}; true {in.onnx}", "out.onnx"),
    ] {
      let result = try Command.run("\(line) --trainer '\(trainer)'", in: folder.path)
      #expect(result.status == 1 && result.errors.contains(found), "\(trainer)\n\(result.errors)")
    }
    let none = try Command.run("\(line) --trainer 'train {in}'", in: folder.path)
    #expect(none.status == 2 && none.errors.contains("{out}"), "\(none.errors)")
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
