import Diagnostics
import Foundation
import Targets
import Testing
import TestSupport

/// What people can get wrong in a file of an energy process.
@Suite struct ProcessFileTests {
  let text: String

  init() throws {
    text = try String(
      contentsOfFile: Repository.path("Sources/5-Compile/Targets/Resources/processes/horowitz.yaml"), encoding: .utf8)
  }

  private func problems(replacing changes: [(String, String)]) -> [String] {
    var text = self.text
    for (old, new) in changes {
      #expect(text.contains(old))
      text = text.replacingOccurrences(of: old, with: new)
    }
    do {
      _ = try ProcessFile.parse(text, file: "mine.yaml")
      return []
    } catch {
      return error.errors.map { $0.found + ($0.supported.map { "; \($0)" } ?? "") }
    }
  }

  @Test func builtinFileIsTheEmbeddedOne() throws {
    #expect(try ProcessFile.parse(text, file: "horowitz.yaml") == ProcessFile.load("horowitz"))
    #expect(ProcessFile.builtinNames == ["horowitz"])
  }

  /// The measurements that the coefficients were made from (ISSCC 2014), in pJ.
  @Test func published() throws {
    let process = try ProcessFile.load("horowitz")
    func close(_ energy: Double, _ published: Double) -> Bool { abs(energy - published) < 0.01 * published }
    #expect(close(process.fixedPointAdd(32), 0.1))
    #expect(close(process.fixedPointMultiply(8), 0.2))
    #expect(close(process.fixedPointMultiply(32), 3.1))
    #expect(close(process.dramRead(64), 1300))
    for (kilobytes, energy) in [(8.0, 10.0), (32, 20), (1024, 100)] {
      #expect(close(64 * process.sramRead(log2(kilobytes * 8192)), energy))
    }
  }

  @Test func everyProblemAtOnce() {
    let found = problems(replacing: [
      ("float16Add: { coefficients: [0.4]", "float16Add: { coefficients: [-0.4]"),
      ("float32Add: { coefficients: [0.9]", "float32Add: { coefficients: [much]"),
      ("dramRead: {", "dramReed: {"), ("1.3 nJ for 64 bits, the least\"", "\""),
      ("sramWordBits: { value: 64", "sramWordBits: { value: 0"),
    ])
    #expect(found.count == 5, "\(found)")
    #expect(found.contains { $0.hasPrefix("`dramReed` is not known") })
    #expect(found.contains { $0.hasPrefix("the file lacks `dramRead`") })
    #expect(found.contains { $0.hasPrefix("`float16Add.coefficients[0]` is '-0.4'") && $0.hasSuffix("0 to 1000000") })
    #expect(found.contains { $0.hasPrefix("`float32Add.coefficients[0]` is 'much'") })
    #expect(found.contains { $0.hasPrefix("`sramWordBits.value` is 0") })
  }

  @Test func curvesStayAboveZero() {
    let found = problems(replacing: [("[9.02427321e-04, -2.68847858e-02, 2.08900804e-01, 0.0]", "[-0.1, 1]")])
    #expect(found.count == 1 && found[0].hasPrefix("`sramRead` is negative for a memory of 2^11 bits"), "\(found)")
  }

  @Test(arguments: ["no-such-process", "/", "/no/such/file.yaml"]) func unreadable(_ path: String) {
    #expect(throws: Diagnostics.self) { try ProcessFile.load(path) }
  }
}
