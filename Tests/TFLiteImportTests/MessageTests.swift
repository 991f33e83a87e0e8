import Arrays
import Compiler
import Diagnostics
import Files
import Foundation
import Frontends
import Inference
import Quantization
import TFLite
import TFLiteImport
import Testing
import TestSupport

/// What is said of files that cannot be read, and of choices that do not fit.
@Suite struct MessageTests {
  private static func read(_ bytes: [UInt8]) throws {
    _ = try TFLiteNetwork(TFLiteFile.read(bytes, file: "model.tflite"), file: "model.tflite").model()
  }

  private static let small = "\(ReferenceKernelTests.folder)/0008_dense.tflite"

  private static var bytes: [UInt8] {
    get throws { [UInt8](try Data(contentsOf: URL(filePath: small))) }
  }

  @Test(arguments: [[], [1, 2, 3], Array("0000TFL3 and something else".utf8)] as [[UInt8]])
  func noFlatbuffer(_ bytes: [UInt8]) {
    let problems = #expect(throws: Diagnostics.self) { try Self.read(bytes) }
    #expect("\(problems?.description ?? "")".contains("model.tflite: the file is no TensorFlow Lite model, or damaged"))
  }

  /// A file cut anywhere ends with a message.
  @Test func truncatedAnywhere() throws {
    let whole = try Self.bytes
    try Self.read(whole)
    for length in 0..<whole.count {
      do {
        try Self.read(Array(whole[..<length]))
      } catch let problems as Diagnostics {
        #expect(problems.hasErrors)
      }
    }
  }

  /// A byte changed anywhere is another network, or a message.
  @Test func damagedAnywhere() throws {
    let whole = try Self.bytes
    for (place, flip) in whole.indices.flatMap({ place in [1, 0x80, 0xff].map { (place, UInt8($0)) } }) {
      var bytes = whole
      bytes[place] ^= flip
      do {
        try Self.read(bytes)
      } catch let problems as Diagnostics {
        #expect(problems.hasErrors, "byte \(place)")
      }
    }
  }

  @Test func choicesThatDoNotFit() throws {
    let digits = Repository.path("testdata/digits_dense.h5")
    let problems = #expect(throws: Diagnostics.self) {
      try Frontends.read(digits, FileChoices(tfliteRounding: .single))
    }
    #expect("\(problems?.description ?? "")".contains("leave --tflite-rounding out"))
    _ = try Frontends.read(Self.small, FileChoices(tfliteRounding: .single))
  }

  /// Integers of another width are no codes.
  @Test func inputsOfAnotherType() throws {
    let compilation = try Compiler().compile(Frontends.read(Self.small))
    let folder = try Scratch.temporaryFolder()
    let shape = compilation.model.graph[compilation.model.graph.inputs[0]].shape
    let array = NumericArray(shape: [1] + shape.extents, values: Array(repeating: 1, count: shape.elements))
    let file = "\(folder.path)/x.npy"
    try OutputFile.write(NpyFile.encode(array, as: .int32), to: file)
    let problems = #expect(throws: Diagnostics.self) { try Simulation(compilation, inputs: [file]) }
    #expect("\(problems?.description ?? "")".contains("an array of int32 for input"))
  }
}
