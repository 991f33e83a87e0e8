import Foundation
import FuzzSupport
import Testing
import TestSupport

/// Seeds of the fuzz targets, and what once crashed one of them (`testdata/fuzz`).
@Suite struct CorpusTests {
  static let root = Repository.path("testdata/fuzz")

  private static func files(_ folder: String) -> [String] {
    Repository.files(in: "\(root)/\(folder)", ending: "").map { "\(folder)/\($0)" }
  }

  private static func outcome(_ file: String, _ target: FuzzTarget) throws -> FuzzTarget.Outcome {
    target.run([UInt8](try Data(contentsOf: URL(filePath: "\(root)/\(file)"))))
  }

  /// A seed that nothing can be made of teaches the fuzzer nothing.
  @Test(arguments: files("keras")) func kerasSeedCompiles(_ file: String) throws {
    guard case .compiled = try Self.outcome(file, .keras) else {
      Issue.record("\(try Self.outcome(file, .keras))")
      return
    }
  }

  /// Of Tests/tflite-mutants.py: what a damaged file says is refused, or compiled as it says.
  @Test func mutantsOfTensorFlowLiteFiles() throws {
    let files = Self.files("tflite")
    #expect(files.count >= 100)
    for file in files {
      if case .refused(let problems) = try Self.outcome(file, .tflite) {
        #expect(problems.errors.allSatisfy { !$0.found.isEmpty }, "\(file)")
      }
    }
  }

  @Test(arguments: FuzzTarget.allCases) func onceCrashed(_ target: FuzzTarget) throws {
    for file in Self.files("crashes/\(target.rawValue)") {
      if case .refused(let problems) = try Self.outcome(file, target) {
        #expect(problems.errors.allSatisfy { !$0.found.isEmpty }, "\(file)")
      }
    }
  }
}
