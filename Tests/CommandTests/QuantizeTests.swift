import Foundation
import TestSupport
import Testing

/// `qcc quantize` as a user meets it.
@Suite struct QuantizeTests {
  private static let digits = "quantize $T/quantize/digits_float.h5 --calibration $T/quantize/calibration.npy"
  private static let test = "--test $T/digits_x.npy --test-labels $T/digits_labels.npy"

  private func json(_ output: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  @Test func whatIsWrittenReadsBackAndVerifies() throws {
    let folder = try Folder()
    for (name, options) in [("a", ""), ("b", "--weights 4 --maps 4 --input-maps 8"), ("c", "--weights 3 --maps 6")] {
      let result = try Command.run(
        "\(Self.digits) \(options) \(Self.test) --format json -o \(name).onnx", in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
      let verified = try Command.run(
        "verify \(name).onnx --inputs $T/digits_x.npy --labels $T/digits_labels.npy --no-emitted --format json",
        in: folder.path)
      #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
      // The network that was judged is the one in the file.
      let metric = try #require(try json(result.output)["metric"] as? [String: Any])
      let accuracy = try #require(try json(verified.output)["accuracy"] as? [String: Any])
      #expect(metric["quantized"] as? Double == accuracy["accelerator"] as? Double)
      #expect(metric["name"] as? String == "accuracy")
    }
  }

  @Test(arguments: [
    "nearest", "feedback", "stochastic", "stochastic:7", "midrise", "multipoint:0.0001", "best --prune 50",
    "nearest --prune 30:saliency", "feedback --prune 40:magnitude:after",
  ])
  func everyRoundingVerifies(_ rounding: String) throws {
    let folder = try Folder()
    let line = "\(Self.digits) --rounding \(rounding) --weights 4 \(Self.test)"
    let result = try Command.run("\(line) --format json -o a.onnx --report a.html", in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let verified = try Command.run(
      "verify a.onnx --inputs $T/digits_x.npy --labels $T/digits_labels.npy --no-emitted --format json",
      in: folder.path)
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    let report = try json(result.output)
    let metric = try #require(report["metric"] as? [String: Any])
    let accuracy = try #require(try json(verified.output)["accuracy"] as? [String: Any])
    #expect(metric["quantized"] as? Double == accuracy["accelerator"] as? Double)
    #expect(try #require(metric["quantized"] as? Double) > 0.9)
    let layers = try #require(report["layers"] as? [[String: Any]])
    let zeros = layers.map { $0["weightZeros"] as? Double ?? -1 }
    if let percent = rounding.split(separator: " ").last?.split(separator: ":").first.flatMap({ Double($0) }) {
      #expect(zeros.dropLast().allSatisfy { $0 >= percent / 100 - 0.01 }, "\(zeros)")
    }
    if rounding == "midrise" { #expect(zeros == [0, 0, 0, 0, 0]) }
    if rounding.hasPrefix("multipoint") { #expect(layers.count > 5) }
    // The plan alone makes the same network, with the same seed also from the beginning.
    for again in ["\(line) -o plan.json", "\(Self.digits) --plan plan.json -o b.onnx", "\(line) -o c.onnx"] {
      let result = try Command.run(again, in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
    }
    let compared = try Shell.run("cmp a.onnx b.onnx && cmp a.onnx c.onnx", in: folder.path)
    #expect(compared.status == 0, "\(compared.output)\(compared.errors)")
  }

  /// The same codes as the ONNX file of the same plan, for every input.
  @Test func aKerasFileIsTheSameNetwork() throws {
    let folder = try Folder()
    for options in ["", "--weights 3 --maps 6 --bias-bits 12", "--scheme powerOfTwo", "--scheme symmetric --weights 1"]
    {
      for line in [
        "\(Self.digits) \(options) -o plan.json", "\(Self.digits) --plan plan.json -o a.h5",
        "\(Self.digits) --plan plan.json -o a.onnx --style qonnx",
        "verify a.h5 --inputs $T/digits_x.npy --no-emitted", "simulate a.h5 --inputs $T/digits_x.npy -o h5.npy",
        "simulate a.onnx --inputs $T/digits_x.npy -o onnx.npy",
      ] {
        let result = try Command.run(line, in: folder.path)
        #expect(result.status == 0, "\(line): \(result.output)\(result.errors)")
      }
      let compared = try Shell.run("cmp h5.npy onnx.npy", in: folder.path)
      #expect(compared.status == 0, "\(options): \(compared.output)\(compared.errors)")
    }
  }

  /// Which QKeras has run: `KerasImportTests` compares what it found.
  @Test func aKerasFileIsTheOneThatQKerasKnows() throws {
    let folder = try Folder()
    let result = try Command.run("\(Self.digits) --plan $T/quantize/written.json -o written.h5", in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let compared = try Shell.run(
      "cmp written.h5 \(Repository.testdata)/quantize/written.h5", in: folder.path)
    #expect(compared.status == 0, "\(compared.output)\(compared.errors)")
  }

  @Test func theReportHasWhatItPromises() throws {
    let folder = try Folder()
    let result = try Command.run("\(Self.digits) \(Self.test) --compare 16,8 --format json", in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let report = try json(result.output)
    let metric = try #require(report["metric"] as? [String: Any])
    let float = try #require(metric["float"] as? Double)
    let quantized = try #require(metric["quantized"] as? Double)
    // Keras says 0.98 of the float network.
    #expect(abs(float - 0.98) < 0.0001 && quantized > 0.97)
    let interval = try #require(metric["interval"] as? [Double])
    #expect(interval[0] < quantized && quantized < interval[1])
    let agreement = try #require(report["agreement"] as? Double)
    let sqnr = try #require(report["outputSqnr"] as? Double)
    #expect(agreement > 0.99 && sqnr > 25)
    #expect(report["seconds"] as? Double != nil)
    let layers = try #require(report["layers"] as? [[String: Any]])
    let names = layers.map { $0["name"] as? String ?? "" }
    #expect(names == ["stem", "depthwise", "pointwise", "strided/linear", "classifier/linear"])
    for layer in layers {
      #expect(layer["weightBits"] as? Int == 8)
      #expect(layer["mapBits"] as? Int == 8)
      let (weights, map) = (layer["weightSqnr"] as? Double ?? 0, layer["mapSqnr"] as? Double ?? 0)
      #expect(weights > 30 && map > 25)
    }
    let rows = try #require(report["comparison"] as? [[String: Any]])
    #expect(rows.map { $0["bits"] as? Int } == [16, 8])
    // 108 + 108 + 144 + 1728 + 160 weights and 64 + 4 x 768 + 64 + 16 + 10 elements of maps; 62 biases of 32 bits, 64 inputs of 8.
    #expect(rows.map { $0["totalBits"] as? Int } == [16, 8].map { 5474 * $0 + 62 * 32 + 64 * 8 })
    let energies = rows.map { $0["energy"] as? Double ?? 0 }
    #expect(energies[1] > 0 && energies[0] > energies[1])
    let maps = try #require(report["maps"] as? [[String: Any]])
    #expect(maps.map { $0["name"] as? String }.last == "classifier/linear" && maps.count == 8)
    #expect(maps.first { $0["name"] as? String == "strided" }?["deadChannels"] as? Int == 1)
    #expect(folder.entries == [])
  }

  @Test func aPlanMakesTheSameNetworkAgain() throws {
    let folder = try Folder()
    let first = try Command.run("\(Self.digits) --weights 4 -o plan.json", in: folder.path)
    #expect(first.status == 0, "\(first.errors)")
    for line in [
      "\(Self.digits) --weights 4 -o a.onnx --threads 2", "\(Self.digits) --plan plan.json -o b.onnx --threads 1",
    ] {
      let result = try Command.run(line, in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
    }
    let compared = try Shell.run("cmp a.onnx b.onnx", in: folder.path)
    #expect(compared.status == 0, "\(compared.output)\(compared.errors)")
  }

  @Test func theWidthsOfAnotherNetwork() throws {
    let folder = try Folder()
    for line in [
      "\(Self.digits) --weights 4 --maps 8 --input-maps 16 -o a.onnx",
      "\(Self.digits) --like a.onnx -o plan.json",
    ] {
      let result = try Command.run(line, in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
    }
    let data = try Data(contentsOf: URL(filePath: "\(folder.path)/plan.json"))
    let plan = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    func bits(_ section: String) -> Set<Int> {
      Set((plan[section] as? [String: [String: Any]])?.values.compactMap { $0["bits"] as? Int } ?? [])
    }
    #expect(bits("weights") == [4] && bits("maps") == [8, 16] && bits("biases") == [32])
  }

  @Test(arguments: [
    ("$T/quantize/digits_float.h5 --calibration $T/digits_labels.npy", 1, "an array of shape [450]"),
    ("$T/quantize/digits_float.h5 --calibration missing.npy", 1, "missing.npy"),
    ("$T/digits_conv.h5 --calibration $T/digits_x.npy", 1, "the network is quantized already"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --plan plan.json", 1, "the plan has a map 'nowhere'"),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --test $T/digits_x.npy --test-labels $T/digits_x.npy",
      1, "28800 labels for 450 samples"
    ),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --test $T/digits_x.npy --test-labels $T/digits_labels.npy --metric auc",
      1, "networks that reconstruct their input"
    ),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --weights 17", 2, "--weights takes 1 to 16"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --compare 8,x", 2, "invalid for '--compare"),
    ("$T/quantize/digits_float.h5", 2, "--calibration"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --rounding up", 2, "'up' is invalid"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --prune 100", 2, "'100' is invalid"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --prune 50:least", 2, "'50:least' is invalid"),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --rounding midrise --prune 50", 2,
      "roundings with a code for 0"
    ),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --weights 1 --prune 50", 1,
      "their codes are -1 and 1"
    ),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --style qdq -o q.h5", 2, "--style is for .onnx"
    ),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --like $T/digits_dense.h5", 1, "3 dense"),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --like $T/quantize/digits_float.h5", 1,
      "has no quantizers"
    ),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --weights 16 --maps 16 -o q.h5", 1,
      "which float32 does not hold"
    ),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --report q.onnx", 2, "a file of its own"),
    (
      "$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --report nowhere/p.html", 1,
      "its folder does not exist"
    ),
  ])
  func refused(_ words: String, _ status: Int32, _ message: String) throws {
    let folder = try Folder()
    let plan = #"printf '{"maps": {"nowhere": {"bits": 8}}, "weights": {}}' > plan.json"#
    let output = words.split(separator: " ").contains("-o") ? "" : " -o q.onnx"
    let result = try Command.run("quantize \(words)\(output)", in: folder.path, before: plan)
    #expect(result.status == status)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == ["plan.json"])
  }

  /// Plans that name everything, and say something impossible of it: `$$` stands for it.
  @Test(arguments: [
    ("maps", "input", #"{"bits": 8, "scale": 0}"#, "layer 'input', tensor 'map': a scale of 0.0"),
    ("maps", "input", #"{"bits": 8, "scale": 0.1, "zeroPoint": 300}"#, "a zero point of 300"),
    ("maps", "input", #"{"bits": 0}"#, "layer 'input', tensor 'map': 0 bits; supported: 1 to 16 bits"),
    (
      "maps", "pointwise", #"{"bits": 4}"#, "maps that meet have different widths: stem_relu: 8 bits, pointwise: 4 bits"
    ),
    ("weights", "stem", #"{"bits": 17}"#, "layer 'stem', tensor 'kernel': 17 bits"),
    ("weights", "stem", #"{"bits": 4, "scales": [0.1], "codes": [1, 2, 3]}"#, "3 codes; supported: 108"),
    ("weights", "stem", #"{"bits": 4, "codes": [1]}"#, "codes without scales"),
    ("weights", "stem", #"{"bits": 4, "scales": [0.1, 0.2]}"#, "2 scales; supported: 1 or 12"),
    ("weights", "nothing", #"{"bits": 4}"#, "the plan has a layer 'nothing', which the network has not"),
    ("biases", "stem", #"{"bits": 40}"#, "layer 'stem', tensor 'bias': 40 bits; supported: 2 to 32 bits"),
  ])
  func impossiblePlan(_ section: String, _ name: String, _ entry: String, _ message: String) throws {
    let folder = try Folder()
    let made = try Command.run("\(Self.digits) -o plan.json", in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    let url = URL(filePath: "\(folder.path)/plan.json")
    var plan = try json(String(contentsOf: url, encoding: .utf8))
    var entries: [String: Any] = ["version": 1]
    for key in ["maps", "weights", "biases"] {
      let old = plan[key] as? [String: [String: Any]] ?? [:]
      entries[key] = old.mapValues { ["bits": $0["bits"] ?? 8] }
    }
    plan = entries
    var changed = plan[section] as? [String: Any] ?? [:]
    changed[name] = try JSONSerialization.jsonObject(with: Data(entry.utf8))
    plan[section] = changed
    try JSONSerialization.data(withJSONObject: plan).write(to: url)
    let result = try Command.run("\(Self.digits) --plan plan.json -o q.onnx", in: folder.path)
    #expect(result.status == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == ["plan.json"])
  }

  /// The 128 bytes of the header, then float32 numbers.
  @Test(arguments: [
    ("(head -c 128 $X; head -c 40960 /dev/zero) > x.npy", 1, "all calibration inputs are zero"),
    ("LC_ALL=C sed 's/(160, 8, 8, 1)/(1, 8, 8, 1)  /' $X > x.npy", 0, "ranges from 1 calibration input"),
    (
      "(head -c 128 $X; for i in $(seq 160); do head -c 384 $X | tail -c 256; done) > x.npy", 0,
      "all calibration inputs are the same"
    ),
    // The float32 number 2^127.
    (
      #"(head -c 1024 $X; printf '\000\000\000\177'; tail -c +1029 $X) > x.npy"#, 1,
      "makes numbers of 2^60 or more here"
    ),
    (#"(head -c 1024 $X; printf '\000\000\300\177'; tail -c +1029 $X) > x.npy"#, 1, "NaN or infinity"),
  ])
  func oddCalibration(_ make: String, _ status: Int32, _ message: String) throws {
    let folder = try Folder()
    let result = try Command.run(
      "quantize $T/quantize/digits_float.h5 --calibration x.npy -o q.onnx", in: folder.path,
      before: "X=$T/quantize/calibration.npy; \(make)")
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == (status == 0 ? ["q.onnx", "x.npy"] : ["x.npy"]))
  }
}
