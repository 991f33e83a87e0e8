import Arrays
import Compiler
import Frontends
import Testing
import TestSupport
import Verify

/// Golden files of ONNX Runtime's codes (`testdata/onnx/make_rounding.py`): float32 arithmetic on feature maps of 16 bits.
@Suite struct GoldenCodesTests {
  private static let folder = Repository.testdata + "/onnx"

  private func verify(_ golden: String) throws -> VerifyReport {
    var options = Verifier.Options()
    options.golden = "\(Self.folder)/\(golden).golden.h5"
    options.emitted = false
    let compilation = try Compiler().compile(Frontends.read("\(Self.folder)/rounding.onnx"))
    return try Verifier(compilation, options: options).report()
  }

  @Test func errorsOfFloat32AreTies() throws {
    let report = try verify("rounding")
    #expect(report.bitExact, "\(String(describing: report.firstDifference))")
    let golden = try #require(report.golden)
    #expect(golden.elements == 4 * (512 + 768 + 768 + 768 + 108 + 108 + 5))
    #expect(golden.mismatches == 0 && golden.ties < golden.elements / 8)
    // Some of them are there: ONNX Runtime divides in float32.
    let x = try ArrayFile.load("\(Self.folder)/rounding.golden.h5:x").values
    let codes = try ArrayFile.load("\(Self.folder)/rounding.golden.h5:tensors/x_codes").values
    let exact = x.map { ($0 / Double(Float(3.1e-5))).rounded(.toNearestOrEven) + 1000 }
    let differences = zip(codes, exact).map { min(max($1, -32768), 32767) - $0 }.filter { $0 != 0 }
    #expect(!differences.isEmpty && differences.count <= golden.ties && differences.allSatisfy { abs($0) == 1 })
  }

  /// Outputs alone, as float32 and as float16: what may have been rounded on the way is known all the same.
  @Test(arguments: ["outputs_only", "outputs_half"]) func outputsAlone(_ file: String) throws {
    let report = try CompiledNetwork("zoo/small_scale").verify {
      $0.golden = "\(Repository.testdata)/corrupted/\(file).h5"
    }
    #expect(report.bitExact, "\(String(describing: report.firstDifference))")
    #expect(report.golden?.elements == 12)
  }

  @Test(arguments: [("rounding_by_one", "x_codes", [1, 2, 3, 4]), ("rounding_by_two", "logits_codes", [1, 2])])
  func wrongCodesAreFound(_ file: String, _ tensor: String, _ index: [Int]) throws {
    let report = try verify(file)
    #expect(!report.bitExact && report.tensors.allSatisfy { $0.mismatches == 0 })
    #expect(report.firstDifference?.tensor == tensor)
    #expect(report.firstDifference?.index == index)
    #expect(report.firstDifference?.against == "golden file")
  }
}
