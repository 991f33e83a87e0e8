import Numbers
import Diagnostics
import HDF5
import Testing
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Whatever bytes a file has, reading it ends with values or with a message.
@Suite struct DamagedFileTests {
  private static let names = ["keras.h5", "strings.h5"]

  @Test(arguments: names) func truncatedAnywhere(name: String) throws {
    let whole = [UInt8](try Data(contentsOf: URL(filePath: Fixtures.path(name))))
    try Folder.with { folder in
      for length in stride(from: 0, to: whole.count, by: 64) {
        let path = "\(folder)/\(length).h5"
        try Data(whole[..<length]).write(to: URL(filePath: path))
        let problem = try #require(throws: Diagnostic.self) { try H5File(path) }
        let expected = length == 0 ? "the file is empty" : length < 64 ? nil : "the file is truncated or damaged"
        if let expected { #expect(problem.found.hasPrefix(expected), "\(length): \(problem)") }
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  @Test(arguments: names) func mutated(name: String) throws {
    let whole = [UInt8](try Data(contentsOf: URL(filePath: Fixtures.path(name))))
    var random = SplitMix(seed: 1)
    var messages = 0
    // The library spins on some of them.
    var limits = try H5File.Limits()
    limits.processorSeconds = 1
    try Folder.with { folder in
      let path = "\(folder)/mutated.h5"
      for _ in 0..<150 {
        var bytes = whole
        for _ in 0..<[1, 4, 32, 256][Int.random(in: 0..<4, using: &random)] {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        try Data(bytes).write(to: URL(filePath: path))
        do {
          for dataset in try H5File(path, limits: limits).root.allDatasets { _ = try? dataset.floats }
        } catch let problem as Diagnostic {
          #expect(!problem.found.isEmpty)
          messages += 1
        } catch is Diagnostics {
          messages += 1
        }
      }
    }
    #expect(messages > 0)
  }
}
