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

  private static func problems(
    of file: String, _ change: (inout TFLiteModel) -> Void
  ) throws -> String {
    var model = try TFLiteFile.read("\(ReferenceKernelTests.folder)/\(file).tflite")
    change(&model)
    let problems = #expect(throws: Diagnostics.self) { try TFLiteNetwork(model, file: "model.tflite").model() }
    return "\(problems?.description ?? "")"
  }

  private static func remove(_ name: String, from graph: Int, of model: inout TFLiteModel) {
    let codes = model.operatorCodes
    model.subgraphs[graph].operators.removeAll { codes[$0.code].name == name }
  }

  @Test func variablesThatNothingIsLeftIn() throws {
    let text = try Self.problems(of: "streaming/depthwise") { Self.remove("ASSIGN_VARIABLE", from: 0, of: &$0) }
    #expect(text.contains("layer 'frames_0': the variable is read and never assigned"))
  }

  @Test func variablesOfSeveralScales() throws {
    let text = try Self.problems(of: "streaming/depthwise") { model in
      let code = model.operatorCodes.firstIndex { $0.name == "ASSIGN_VARIABLE" }
      for index in model.subgraphs[0].operators.indices where model.subgraphs[0].operators[index].code == code {
        model.subgraphs[0].operators[index].inputs[1] = model.subgraphs[0].inputs[0]
      }
    }
    #expect(text.contains("one shape, scale and zero point for all that is read and assigned"))
  }

  @Test func whatRunsOnceAndIsMore() throws {
    let text = try Self.problems(of: "streaming/depthwise") { model in
      model.subgraphs[1].operators += model.subgraphs[0].operators.suffix(1)
    }
    #expect(text.contains("in subgraph 1, which runs once; supported: VAR_HANDLE and ASSIGN_VARIABLE of constants"))
  }

  /// What is assigned has a problem: that is the only one.
  @Test func variablesThatAreLost() throws {
    let text = try Self.problems(of: "streaming/depthwise") { model in
      guard let code = model.operatorCodes.firstIndex(where: { $0.name == "CONCATENATION" }) else { return }
      model.operatorCodes[code].name = "RANGE"
    }
    #expect(text.contains("operator RANGE is not supported") && !text.contains("frames_0"))
  }

  @Test func variablesWithoutAFirstValue() throws {
    var model = try TFLiteFile.read("\(ReferenceKernelTests.folder)/streaming/depthwise.tflite")
    Self.remove("CALL_ONCE", from: 0, of: &model)
    let remarks = try TFLiteNetwork(model, file: "model.tflite").model().remarks
    #expect(remarks.contains { $0.found.hasSuffix("'frames_0' [3, 4], what the caller chooses") })
  }

  /// A map that is taken apart and never put together again.
  @Test func blocksThatStayApart() throws {
    let text = try Self.problems(of: "conv_in_blocks") { model in
      let code = model.operatorCodes.firstIndex { $0.name == "BATCH_TO_SPACE_ND" }
      let operators = model.subgraphs[0].operators
      guard let place = operators.firstIndex(where: { $0.code == code }) else { return }
      model.subgraphs[0].operators[place + 1].inputs[0] = operators[place].inputs[0]
    }
    #expect(text.contains("is what SPACE_TO_BATCH_ND takes apart"))
  }

  /// Steps of 5/12, means of which may be halves that float32 misses, and far too many pixels.
  @Test(arguments: [(12, "which the kernel computes in float32"), (25354, "to 7 x 25354 pixels")])
  func bytesBetweenPixels(_ columns: Int, _ message: String) throws {
    let file = "\(ReferenceKernelTests.folder)/unsigned_bilinear_sigmoid.tflite"
    let model = try TFLiteFile.read(file)
    let code = try #require(model.operatorCodes.firstIndex { $0.name == "RESIZE_BILINEAR" })
    let op = try #require(model.subgraphs[0].operators.first { $0.code == code })
    let sizes = try #require(model.buffers[model.subgraphs[0].tensors[op.inputs[1]].buffer])
    var bytes = model.bytes
    bytes.replaceSubrange(sizes, with: [7, 0, 0, 0, UInt8(columns & 255), UInt8(columns >> 8), 0, 0])
    let problems = #expect(throws: Diagnostics.self) { try Self.read(bytes) }
    let text = "\(problems?.description ?? "")"
    #expect(text.contains(message))
  }
}
