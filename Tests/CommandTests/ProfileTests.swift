import Foundation
import TestSupport
import Testing

/// `qcc profile`, and the page of `qcc quantize`, as a user meets them.
@Suite struct ProfileTests {
  private static let digits = "$T/quantize/digits_float.h5 --calibration $T/quantize/calibration.npy"

  private func json(_ output: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  @Test func theReportHasWhatItPromises() throws {
    let folder = try Folder()
    let result = try Command.run("profile \(Self.digits) --widths 8,4 --format json", in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let report = try json(result.output)
    #expect(report["samples"] as? Int == 160 && report["widths"] as? [Int] == [8, 4])
    let maps = try #require(report["maps"] as? [[String: Any]])
    #expect(
      maps.map { $0["name"] as? String } == [
        "input", "stem_relu", "depthwise_relu", "pointwise", "residual_relu", "strided", "average", "classifier/linear",
      ])
    #expect(maps[0]["least"] as? Double == 0 && maps[0]["largest"] as? Double == 1)
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.map { $0["maps"] as? [String] ?? [] }.map(\.count) == [1, 1, 1, 1, 1])
    let weights = try layers.map { try #require($0["weights"] as? [String: Any]) }
    for tensor in maps + weights {
      let histogram = try #require(tensor["histogram"] as? [String: Any])
      let counts = try #require(histogram["counts"] as? [Int])
      let elements = try #require(tensor["elements"] as? Int)
      let samples = tensor["name"] as? String == layers.first?["name"] as? String ? 1 : counts.reduce(0, +) / elements
      #expect(counts.reduce(0, +) == elements * samples && [1, 160].contains(samples))
      let widths = try #require(tensor["widths"] as? [[String: Any]])
      let ratios = widths.map { $0["sqnr"] as? Double ?? 0 }
      // Every bit is worth some 6 dB.
      #expect(ratios[0] - ratios[1] > 15 && ratios[0] - ratios[1] < 35, "\(tensor["name"] ?? "")")
    }
    #expect(folder.entries == [])
  }

  @Test(arguments: [44, 80, 200]) func textFitsItsTerminal(_ columns: Int) throws {
    let folder = try Folder()
    let result = try Command.run("profile \(Self.digits)", in: folder.path, before: "export COLUMNS=\(columns)")
    #expect(result.status == 0, "\(result.errors)")
    let tables = result.output.split(separator: "\n").filter { line in
      !["(", "S"].contains(line.first) && !line.contains("channels are 0")
    }
    for line in tables {
      #expect(line.count <= columns, "\(line)")
    }
    #expect(result.output.contains("strided") && result.output.contains("1 of 16 channels"))
  }

  @Test func pagesAreTheSameAgainAndSpeakOfEveryTensor() throws {
    let folder = try Folder()
    for name in ["a", "b"] {
      for line in [
        "profile \(Self.digits) -o \(name)1.html", "quantize \(Self.digits) --compare 8,4 --report \(name)2.html",
      ] {
        let result = try Command.run(line, in: folder.path)
        #expect(result.status == 0, "\(result.errors)")
      }
    }
    let compared = try Shell.run("cmp a1.html b1.html && cmp a2.html b2.html", in: folder.path)
    #expect(compared.status == 0, "\(compared.output)\(compared.errors)")
    for name in ["a1", "a2"] {
      let page = ParsedPage(try String(contentsOfFile: "\(folder.path)/\(name).html", encoding: .utf8))
      #expect(page.problem == nil)
      let titles = page.texts["th"] ?? []
      for tensor in ["input", "strided", "average", "depthwise", "classifier/linear"] {
        #expect(titles.contains(tensor), "\(name): \(tensor)")
      }
      let histograms = page.attributes["class"]?.filter { $0 == "histogram" }.count
      #expect(histograms == 13)
    }
  }

  @Test func namesAreTextAndNothingElse() throws {
    let folder = try Folder()
    let name = #"<script>&'.h5"#
    let setUp = ##"N="<script>&'.h5"; X=$T/quantize/calibration.npy; cp $T/quantize/digits_float.h5 "$N""##
    for command in [
      #"profile "$N" --calibration $X -o p.html"#, #"quantize "$N" --calibration $X --report p.html"#,
    ] {
      let result = try Command.run(command, in: folder.path, before: setUp)
      #expect(result.status == 0, "\(result.errors)")
      let page = ParsedPage(try String(contentsOfFile: "\(folder.path)/p.html", encoding: .utf8))
      #expect(page.problem == nil)
      #expect(page.texts["h1"] == [name] && page.texts["script"] == nil)
    }
  }

  @Test(arguments: [
    ("$T/digits_conv.h5 --calibration $T/digits_x.npy", 1, "the network is quantized already"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_labels.npy", 1, "an array of shape [450]"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy --widths 8,0", 2, "--widths"),
    ("$T/quantize/digits_float.h5 --calibration $T/digits_x.npy -o nowhere/p.html", 1, "its folder does not exist"),
  ])
  func refused(_ words: String, _ status: Int32, _ message: String) throws {
    let folder = try Folder()
    let result = try Command.run("profile \(words)", in: folder.path)
    #expect(result.status == status)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == [])
  }
}
