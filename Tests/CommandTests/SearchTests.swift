import Foundation
import Numbers
import TestSupport
import Testing

/// `qcc search`, `qcc study` and `qcc evaluate` as a user meets them, on the small network of the digits.
@Suite struct SearchTests {
  private static let files =
    "$T/quantize/digits_float.h5 --calibration $T/quantize/calibration.npy --validation $T/search/validation_x.npy "
    + "--labels $T/search/validation_y.npy"
  /// One that is soon at its end.
  private static let search = "search \(files) --widths 2,4 --minimize bits --evaluations 24 --format json"
  private static let limited = "\(search) --max-drop 4"

  private func json(_ output: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  /// What was found: a report without the time that it took.
  private func found(_ output: String) throws -> NSDictionary {
    var report = try json(output)
    report["seconds"] = nil
    return report as NSDictionary
  }

  private func run(_ words: String, in folder: Folder) throws -> Shell.Result {
    let result = try Command.run(words, in: folder.path)
    #expect(result.status == 0, "\(words): \(result.errors)")
    return result
  }

  private func expectEqual(_ first: String, _ second: String, in folder: Folder) throws {
    let compared = try Shell.run("cmp \(first) \(second)", in: folder.path)
    #expect(compared.status == 0, "\(compared.output)\(compared.errors)")
  }

  // MARK: What is found

  @Test func theChosenNetworkReadsBackAndVerifies() throws {
    let folder = try Folder()
    let test = "$T/search/test_x.npy"
    let report = try json(
      run(
        "\(Self.limited) --test \(test) --test-labels $T/search/test_y.npy -o best.onnx --report page.html", in: folder
      ).output)
    let verified = try json(
      run(
        "verify best.onnx --inputs \(test) --labels $T/search/test_y.npy --no-emitted --format json", in: folder
      ).output)
    let accuracy = try #require(verified["accuracy"] as? [String: Any])
    let tested = try #require(report["test"] as? [String: Any])
    // The network that was judged is the one in the file.
    #expect(tested["metric"] as? Double == accuracy["accelerator"] as? Double)

    let chosen = try #require(report["chosen"] as? [String: Any])
    let front = try #require(report["front"] as? [[String: Any]])
    let flat = try #require(report["flat"] as? [[String: Any]])
    #expect(flat.count == 2 && front.contains { $0 as NSDictionary == chosen as NSDictionary })
    #expect((chosen["dropBound"] as? Double ?? 1) <= 0.04)
    #expect((chosen["bits"] as? Int ?? .max) <= (flat[0]["bits"] as? Int ?? 0))
    // None is better than another in both.
    let costs = front.map { $0["bits"] as? Int ?? 0 }
    let losses = front.map { $0["loss"] as? Double ?? 0 }
    #expect(
      zip(costs, costs.dropFirst()).allSatisfy { $0 < $1 } && zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
    #expect((report["evaluations"] as? Int ?? .max) <= 24 + 12 + 2)

    let page = ParsedPage(try String(contentsOfFile: "\(folder.path)/page.html", encoding: .utf8))
    #expect(page.problem == nil)
    let ids = page.attributes["id"] ?? []
    #expect(Set(page.attributes["href"] ?? []) == Set(ids.map { "#\($0)" }) && Set(ids).count == ids.count)
    #expect(page.texts["script"] == nil && page.attributes["src"] == nil)
    #expect(page.texts["th"]?.contains("strided/linear.weights") == true)
    #expect(folder.entries == ["best.onnx", "page.html"])
  }

  /// Training joins in at the end: the networks that it made are judged, chosen, recorded and written as they were judged.
  @Test func promisingNetworksAreTrained() throws {
    let folder = try Folder()
    let line = "\(Self.limited) --tune 2 --study s.study"
    let report = try json(run("\(line) -o best.onnx --threads 2", in: folder).output)
    let front = try #require(report["front"] as? [[String: Any]])
    let plain = try json(run(Self.limited, in: folder).output)
    #expect(report["evaluations"] as? Int == (plain["evaluations"] as? Int).map { $0 + 2 })
    // Trained or not, none of the front loses more than what was there at its cost.
    for row in try #require(plain["front"] as? [[String: Any]]) {
      #expect(
        front.contains {
          ($0["bits"] as? Int ?? .max) <= (row["bits"] as? Int ?? 0)
            && ($0["loss"] as? Double ?? 1) <= row["loss"] as? Double ?? 0
        })
    }
    // All of it is in the study, and comes to the same bytes.
    let again = try run("\(line) -o again.onnx --threads 1", in: folder)
    #expect(try found(again.output)["front"] as? NSArray == report["front"] as? NSArray)
    try expectEqual("best.onnx", "again.onnx", in: folder)
    // The network in the file is the one that was judged.
    let chosen = try #require(report["chosen"] as? [String: Any])
    let verified = try json(
      run(
        "verify best.onnx --inputs $T/search/validation_x.npy --labels $T/search/validation_y.npy --no-emitted --format json",
        in: folder
      ).output)
    let accuracy = try #require(verified["accuracy"] as? [String: Any])
    #expect(chosen["metric"] as? Double == accuracy["accelerator"] as? Double)
    // The user's own trainer takes part as well: this one hands back what it is given.
    let other = try json(run("\(Self.limited) --tune 1 --trainer 'cp {in.onnx} {out.onnx}'", in: folder).output)
    #expect(other["chosen"] as? NSDictionary == plain["chosen"] as? NSDictionary)
  }

  /// The bytes of everything that is written.
  @Test func whatIsNotSearchedIsTheSameForAll() throws {
    let folder = try Folder()
    let coding = "--scheme powerOfTwo --rounding nearest --prune 30:magnitude:before"
    _ = try run("\(Self.limited) --max-drop 40 --evaluations 3 \(coding) --study s -o best.json", in: folder)
    _ = try run("study best s -o again.json", in: folder)
    try expectEqual("best.json", "again.json", in: folder)
    let plan = try json(String(contentsOfFile: "\(folder.path)/best.json", encoding: .utf8))
    let maps = try #require(plan["maps"] as? [String: [String: Any]])
    #expect(maps.values.allSatisfy { ($0["scale"] as? Double)?.significand == 1 })
    let weights = try #require(plan["weights"] as? [String: [String: Any]])
    for (layer, plan) in weights where layer != "classifier/linear" {
      let codes = try #require(plan["codes"] as? [Int])
      #expect(10 * codes.count { $0 == 0 } >= 3 * codes.count - 10, "\(layer)")
    }
  }

  @Test func threadsAndProcessesFindTheSame() throws {
    let folder = try Folder()
    var reports: [NSDictionary] = []
    for (name, options) in [
      ("a", "--threads 1"), ("b", "--threads 2"), ("c", "--workers 2 --threads 1 --study c.study"),
    ] {
      let words = "\(Self.limited) \(options) -o \(name).onnx --report \(name).html"
      reports.append(try found(run(words, in: folder).output))
    }
    #expect(reports[1] == reports[0] && reports[2] == reports[0])
    for other in ["b", "c"] {
      try expectEqual("a.onnx", "\(other).onnx", in: folder)
      try expectEqual("a.html", "\(other).html", in: folder)
    }
  }

  @Test func evaluateSaysWhatTheSearchSaid() throws {
    let folder = try Folder()
    let schema = try JSONSchema("trial.schema.json")
    let report = try json(run(Self.limited, in: folder).output)
    let chosen = try #require(report["chosen"] as? [String: Any])
    let rows = (report["front"] as? [Any] ?? []) + (report["flat"] as? [Any] ?? [])
    for row in rows { #expect(try schema.problems(of: row) == []) }
    let plan = try JSONSerialization.data(withJSONObject: try #require(chosen["plan"]))
    try plan.write(to: URL(filePath: "\(folder.path)/plan.json"))
    let evaluated = try json(run("evaluate \(Self.files) --plan plan.json --format json", in: folder).output)
    #expect(try schema.problems(of: evaluated) == [])
    #expect(evaluated as NSDictionary == chosen as NSDictionary)
    // The schema is not one that everything fits.
    var broken = evaluated
    broken["agreement"] = 2
    broken["bits"] = nil
    broken["more"] = 1
    #expect(try schema.problems(of: broken).count == 3)
  }

  @Test func theLargestScoreIsChosen() throws {
    let folder = try Folder()
    func report(_ options: String) throws -> (rows: [[String: Any]], chosen: [String: Any]) {
      let report = try json(
        run("\(Self.search) --score forgiving --reference-bits 4 \(options) -o best.onnx", in: folder).output)
      let rows = [report["front"], report["flat"]].flatMap { $0 as? [[String: Any]] ?? [] }
      return (rows, try #require(report["chosen"] as? [String: Any]))
    }
    func score(_ row: [String: Any]) -> Double { row["score"] as? Double ?? .nan }
    let forgiving = try report("--delta-p 60 --delta-n 60")
    let strict = try report("--delta-p 0 --delta-n 0")
    for (rows, chosen) in [forgiving, strict] {
      #expect(rows.allSatisfy { score($0) <= score(chosen) })
    }
    // The network of 4 bits is the reference: nothing is forgiven it.
    let reference = try #require(forgiving.rows.max { ($0["bits"] as? Int ?? 0) < ($1["bits"] as? Int ?? 0) })
    #expect(score(reference) == reference["metric"] as? Double)
    #expect(score(strict.chosen) == strict.chosen["metric"] as? Double)
    #expect((forgiving.chosen["bits"] as? Int ?? .max) <= (strict.chosen["bits"] as? Int ?? 0))
  }

  // MARK: Studies

  @Test func aStudyGoesOnWhereItWas() throws {
    let folder = try Folder()
    let whole = try run("\(Self.limited) --study a.study --threads 1", in: folder).output
    let shown = try run("study show a.study --format json --report show.html", in: folder).output
    for key in ["front", "flat", "chosen"] {
      #expect(try json(shown)[key] as? NSObject == json(whole)[key] as? NSObject, "\(key)")
    }
    let resumed = try run("study resume a.study --format json --report resume.html", in: folder).output
    #expect(try found(resumed) == found(whole))
    try expectEqual("show.html", "resume.html", in: folder)
    // The time that recorded trials took says that none were added.
    #expect(try run("study show a.study --format json", in: folder).output == shown)
    _ = try run("study best a.study -o best.onnx; \"$QCC\" \(Self.limited) -o searched.onnx", in: folder)
    try expectEqual("best.onnx", "searched.onnx", in: folder)
    let more = try json(run("study resume a.study --evaluations 30 --format json", in: folder).output)
    #expect((more["evaluations"] as? Int ?? 0) >= (try json(whole)["evaluations"] as? Int ?? .max))
  }

  @Test func whatASearchIsOfMayNotChange() throws {
    let folder = try Folder()
    let few = "--widths 4,8 --evaluations 2 --study a.study"
    _ = try run("search \(Self.files) \(few)", in: folder)
    let other = try Command.run(
      "search other.h5 --calibration $T/search/test_x.npy --validation $T/search/validation_x.npy "
        + "--labels $T/search/validation_y.npy \(few) --seed 2 --minimize bits --score forgiving --max-drop 1",
      in: folder.path, before: "cp $T/quantize/digits_float.h5 other.h5")
    #expect(other.status == 1)
    for difference in [
      "model \(Repository.testdata)/quantize/digits_float.h5, not other.h5", "seed 1, not 2", "calibration.npy, not ",
      "what is minimized cycles, not bits", "without score, not with forgiving",
      "without percent forgiven, not with 8.0",
      "without largest drop, not with 0.01",
    ] {
      #expect(other.errors.contains(difference), "\(difference): \(other.errors)")
    }
    // The same name, another network.
    let changed = try Command.run(
      "study show b.study", in: folder.path,
      before: """
        cp other.h5 model.h5; "$QCC" search model.h5 --calibration $T/quantize/calibration.npy --widths 8 --evaluations 1 \
        --study b.study > /dev/null; cp $T/digits_conv.h5 model.h5
        """)
    #expect(changed.status == 1)
    #expect(changed.errors.contains("was made with contents of model model.h5"), "\(changed.errors)")
  }

  @Test(arguments: [
    ("echo hello > a.study", "is no study"), ("mkdir a.study", "folder"), ("true", "a.study"),
    (
      "\"$QCC\" search $T/quantize/digits_float.h5 --calibration $T/quantize/calibration.npy --widths 8 --evaluations 1 "
        + "--study b.study > /dev/null; head -c 6000 b.study > a.study",
      "a.study"
    ),
  ])
  func brokenStudies(_ make: String, _ message: String) throws {
    let folder = try Folder()
    for command in ["show", "resume", "best -o best.onnx"] {
      let words = command.split(separator: " ", maxSplits: 1)
      let rest = words.count > 1 ? " \(words[1])" : ""
      let result = try Command.run(
        "study \(words[0]) a.study\(rest)", in: folder.path, before: command == "show" ? make : "")
      #expect(result.status == 1, "\(result.output)")
      #expect(result.errors.contains(message) && !result.errors.contains("Fatal"), "\(result.errors)")
    }
    #expect(!folder.entries.contains("best.onnx"))
  }

  /// `make check-search-kills` tries 100, of a release build.
  @Test func killedAndResumedItFindsTheSame() throws {
    let folder = try Folder()
    let start = Date()
    let whole = try found(run("\(Self.limited) -o whole.onnx", in: folder).output)
    let duration = Date().timeIntervalSince(start)
    var random = SplitMix(seed: 1)
    for number in 0..<2 {
      let study = "\(number).study"
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      let workers = number.isMultiple(of: 2) ? "" : "--workers 2"
      process.arguments = ["-c", "exec \"$QCC\" \(Self.limited) --study \(study) \(workers)"]
      process.currentDirectoryURL = URL(filePath: folder.path)
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["QCC": Command.binary, "T": Repository.testdata]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: duration * Double(random.next() >> 11) / Double(1 << 53))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let resumed = try found(run("\(Self.limited) --study \(study) -o resumed.onnx", in: folder).output)
      #expect(resumed == whole, "killed \(number)")
      try expectEqual("whole.onnx", "resumed.onnx", in: folder)
    }
  }

  // MARK: What is refused

  @Test(arguments: [
    ("-o best.onnx", 2, "-o needs what chooses"), ("--max-drop 1 -o best.txt", 2, "-o takes a file that ends in"),
    ("--max-drop 1 -o p.onnx --report p.onnx", 2, "--report takes a file of its own"),
    ("--study a --report a", 2, "--report takes a file of its own"), ("--workers 2", 2, "--workers needs a --study"),
    ("--evaluations 0", 2, "--evaluations takes 1"), ("--max-drop=-1", 2, "--max-drop takes 0 or more"),
    ("--widths 4,17", 2, "--widths"), ("--limit stem", 2, "--limit"), ("--method magic", 2, "--method"),
    ("--delta-p 5", 2, "--delta-p is for --score forgiving"),
    ("--score forgiving --minimize ideal", 2, "--minimize bits, energy or cycles, not ideal"),
    ("--score forgiving --rate 1", 2, "--rate takes more than 1"),
    ("--score forgiving --widths 4,16", 2, "--reference-bits takes one of the widths, not 8"),
    ("--limit nowhere=8", 1, "the limit 'nowhere=8' fits nothing in the network"),
    ("--max-cycles 100 --widths 4,8 --evaluations 4", 1, "the limit on cycles, 100: the nearest, "),
    ("--max-bits 100 --max-cycles 1000000 --widths 4,8 --evaluations 4", 1, "the limit on bits, 100: the nearest, "),
    ("--max-drop 1 --report nowhere/p.html --widths 8 --evaluations 1", 1, "its folder does not exist"),
  ])
  func refused(_ options: String, _ status: Int32, _ message: String) throws {
    let folder = try Folder()
    let result = try Command.run("search \(Self.files) \(options)", in: folder.path)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == [])
  }

  @Test(arguments: [
    "search", "study", "study show", "study resume", "study best", "evaluate",
  ])
  func helpFitsATerminal(_ command: String) throws {
    let result = try Command.run("\(command) --help", in: "/", before: "export COLUMNS=80")
    #expect(result.status == 0 && result.errors.isEmpty)
    for line in result.output.split(separator: "\n") where !line.hasPrefix("  qcc ") {
      #expect(line.count <= 80, "\(line)")
    }
  }
}
