import Foundation
import FuzzSupport
import Numbers
import Testing

/// Whatever bytes an ONNX file has, reading it ends with a network or with messages.
@Suite struct DamagedNetworkTests {
  private static func seed(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(CorpusTests.root)/onnx/\(name)")))
  }

  /// Cut between two fields a file is a network that misses something, or one as whole as before.
  @Test(arguments: ["qdq_4_bits"]) func truncatedAnywhere(_ name: String) throws {
    let whole = try Self.seed(name)
    guard case .compiled = FuzzTarget.onnx.run(whole) else {
      Issue.record("\(name) itself is refused")
      return
    }
    for length in 0..<whole.count {
      if case .refused(let problems) = FuzzTarget.onnx.run(Array(whole[..<length])) {
        #expect(!problems.errors.isEmpty)
      } else {
        // Only what tells the opset stands behind the graph.
        #expect(length > whole.count - 16, "\(name) cut to \(length) of \(whole.count) bytes")
      }
    }
  }

  @Test(arguments: ["qdq_4_bits"]) func everyByteChanged(_ name: String) throws {
    let whole = try Self.seed(name)
    var random = SplitMix(seed: 1)
    var refused = 0
    for index in whole.indices {
      for change: UInt8 in [1 << 7, 1 << UInt8.random(in: 0..<7, using: &random), 0xFF] {
        var bytes = whole
        bytes[index] ^= change
        if case .refused(let problems) = FuzzTarget.onnx.run(bytes) {
          #expect(problems.errors.allSatisfy { !$0.found.isEmpty })
          refused += 1
        }
      }
    }
    #expect(refused > whole.count)
  }
}
