import Compiler
import Diagnostics
import Frontends
import Testing
import TestSupport
import Verify

/// Networks with a change to their structure, with verdicts by ONNX' checker and ONNX Runtime (`Tests/onnx-differential.py`, which
/// tries thousands): what the checker refuses is refused, what ONNX Runtime computes is computed.
@Suite struct MutantTests {
  private static let folder = "\(Repository.testdata)/onnx/mutants"
  static let refused = Repository.files(in: folder + "/refused", ending: ".onnx")
  static let exact = Repository.files(in: folder + "/exact", ending: ".onnx").map { String($0.dropLast(5)) }

  @Test func thereAreMutants() { #expect(Self.refused.count >= 60 && Self.exact.count >= 40) }

  @Test(arguments: refused) func isRefused(_ name: String) throws {
    let path = "\(Self.folder)/refused/\(name)"
    let problems = #expect(throws: Diagnostics.self) { try Compiler().compile(Frontends.read(path)) }
    #expect(problems?.errors.isEmpty == false)
    #expect(problems?.errors.allSatisfy { $0.location.file == path } == true)
  }

  @Test(arguments: exact) func isExact(_ name: String) throws {
    let compilation = try Compiler().compile(Frontends.read("\(Self.folder)/exact/\(name).onnx"))
    var options = Verifier.Options()
    options.threads = 1
    options.emitted = false
    options.golden = "\(Self.folder)/exact/\(name).golden.h5"
    let report = try Verifier(compilation, options: options).report()
    #expect(report.bitExact, "\(String(describing: report.firstDifference))")
    #expect(report.golden.map { $0.elements > 0 && $0.mismatches == 0 } == true)
  }
}
