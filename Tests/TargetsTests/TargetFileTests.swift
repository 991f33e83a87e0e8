import Diagnostics
import Foundation
import Targets
import Testing
import TestSupport

/// What people can get wrong in a target file.
@Suite struct TargetFileTests {
  let text: String

  init() throws {
    text = try String(
      contentsOfFile: Repository.path("Sources/5-Compile/Targets/Resources/stmac.yaml"), encoding: .utf8)
  }

  func problems(replacing old: String, with new: String) -> [String] {
    #expect(text.contains(old))
    return problems(text.replacingOccurrences(of: old, with: new))
  }

  func problems(_ text: String) -> [String] {
    do {
      _ = try TargetFile.parse(text, file: "mine.yaml")
      return []
    } catch {
      #expect(error.errors.allSatisfy { $0.location.file == "mine.yaml" })
      return error.errors.map { $0.found + ($0.supported.map { "; \($0)" } ?? "") }
    }
  }

  @Test func builtinFileIsTheEmbeddedOne() throws {
    #expect(try TargetFile.parse(text, file: "stmac.yaml (built in)") == TargetFile.load("stmac"))
  }

  @Test func loadsAUsersFile() throws {
    try Folder.with { folder in
      let file = folder + "/mine.yaml"
      try text.replacingOccurrences(of: "name: stmac", with: "name: mine").write(
        toFile: file, atomically: true, encoding: .utf8)
      #expect(try TargetFile.load(file).name == "mine")
    }
  }

  @Test(arguments: ["no-such-target", "/", "/dev/zero", "/no/such/file.yaml"])
  func unreadableFiles(path: String) {
    #expect(throws: Diagnostics.self) { try TargetFile.load(path) }
  }

  /// A name and what it is: a processor without engines. One part of an accelerator asks for the others.
  @Test func processors() throws {
    let processor = try TargetFile.parse("name: mine\ndescription: a microcontroller\n", file: "mine.yaml")
    #expect(processor.name == "mine" && processor.engines.isEmpty)
    #expect(throws: Diagnostic.self) { try processor.requireEngines("tiles") }
    #expect(
      problems("name: mine\ndescription: a microcontroller\nmodes: []\n") == [
        "the file lacks `operandPortBits`, `engines`, `cycles` (line 1)",
        "`modes` is an empty list (line 3); a list that is not empty",
      ])
  }

  @Test func unknownAndMissingKeys() {
    #expect(
      problems(replacing: "  busBytesPerCycle: {", with: "  busBytePerCycle: {") == [
        "`cycles.busBytePerCycle` is not known (line 53); busBytesPerCycle, transferSetup, pipelineFill,"
          + " requantizedPerCycle, layerSetup, hostElementsPerCycle",
        "`cycles` lacks `busBytesPerCycle` (line 53)",
      ])
  }

  @Test func requantizerMayHaveABound() throws {
    let bound = "requantizer: { multiplierBits: { value: 32, assumption: one word } }\ncycles:"
    let bounded = text.replacingOccurrences(of: "\ncycles:", with: "\n" + bound)
    #expect(try TargetFile.parse(bounded, file: "mine.yaml").requantizerBits == 32)
    #expect(try TargetFile.parse(text, file: "mine.yaml").requantizerBits == nil)
    #expect(
      problems(replacing: "\ncycles:", with: "\n" + bound.replacingOccurrences(of: "32", with: "64")) == [
        "`requantizer.multiplierBits.value` is 64 (line 52); an integer, 2 to 63"
      ])
  }

  /// Nothing depends on it.
  @Test func hostElementsPerCycleMayStandThere() {
    let costs = "cycles:\n  hostElementsPerCycle: { value: 1, assumption: none }"
    #expect(problems(replacing: "cycles:", with: costs).isEmpty)
  }

  @Test func zeroNegativeAndWrongTypes() {
    #expect(problems(replacing: "rows: 18", with: "rows: 0").count == 2)
    #expect(problems(replacing: "channels: 256", with: "channels: -1").count == 1)
    #expect(
      problems(replacing: "multipliers: { value: 16, assumption: one per channel of a tile }", with: "multipliers: 16")
        == ["`engines.depthwise.multipliers` is not a mapping (line 42); keys value"])
    #expect(
      problems(replacing: "transferSetup: { value: 16", with: "transferSetup: { value: soon")
        == ["`cycles.transferSetup.value` is 'soon' (line 54); an integer, 0 to 65536"])
    #expect(
      problems(replacing: "idealFactor: 0.25", with: "idealFactor: .nan")
        == ["`modes[4].idealFactor` is '.nan' (line 25); a number, 0.001 to 1000"])
    #expect(problems(replacing: "operandBits: [8, 4]", with: "operandBits: [8]").count == 1)
    #expect(problems(replacing: "operandBits: [8, 4]", with: "operandBits: [8, 99]").count == 1)
    #expect(problems(replacing: "value: kernelTaps", with: "value: pixels").count == 1)
  }

  /// Memories that no program can be linked with, registers that no stack holds, numbers that quotients are infinite with.
  @Test func beyondWhatIsSupported() {
    #expect(
      problems(replacing: "rows: 18, columns: 18, channels: 16", with: "rows: 4096, columns: 4096, channels: 64")
        == [
          "`engines.conv2D` needs 4096 x 4096 x 64 elements: input rows x input columns x input channels (line 32);"
            + " at most 16777216",
          "`engines.conv2D` needs 4096 x 4096 x 64 elements: output rows x output columns x output channels (line 32);"
            + " at most 16777216",
        ])
    #expect(problems(replacing: "channels: 256", with: "channels: 65536").isEmpty)
    #expect(
      problems(replacing: "outputMemory: { rows: 1, columns: 1", with: "outputMemory: { rows: 300, columns: 300").count
        == 2)
    #expect(problems(replacing: "idealFactor: 0.25", with: "idealFactor: 5e-324").count == 1)
    #expect(
      problems(replacing: "operandBits: [8, 4], products: 2", with: "operandBits: [8, 4], products: 5")
        == [
          "`modes[3]` has 5 products of 8-bit operands (line 24); operands that fit side by side into a port of 16 bits"
        ])
  }

  @Test func allProblemsAtOnce() {
    let broken = text.replacingOccurrences(of: "rows: 22", with: "rows: none")
      .replacingOccurrences(of: "name: 8x8", with: "name: 8x4")
    #expect(problems(broken).count == 3)
  }

  @Test func constantsWithoutOrigin() {
    #expect(
      problems(
        replacing: "{ value: 8, assumption: cycles from the first", with: "{ value: 8, because: cycles from the first"
      )
      .count == 2)
    #expect(problems(replacing: "layerSetup: { value: 64,", with: "layerSetup: { value: 64, source: me,").count == 1)
  }

  @Test(arguments: ["", "# nothing\n", "[1, 2]", "a: [", "stmac", "\u{0}", "a: &x [*x]", "a: 1\na: 2"])
  func textThatIsNoTarget(text: String) {
    #expect(!problems(text).isEmpty)
  }
}
