import Compiler
import Diagnostics
import Frontends
import IntegerProgram
import Testing
import TestSupport

/// Every network of `testdata` compiles to proved programs that compute what QKeras says, or is refused with a way out.
@Suite struct NetworkTests {
  /// Networks that are refused: the layers that are named, and a part of the message.
  static let refused: [String: (layers: Set<String>, words: [String])] = [
    "zoo/affine_maps": (["depthwise"], ["different scales", "put a QActivation for all channels"]),
    "zoo/bernoulli_random": (["c0"], ["random", "binary(use_01=True)"]),
    "zoo/bn_rows": (["n0", "n1"], ["the last axis"]),
  ]

  static let compiled = (TestFiles.networks(in: "") + TestFiles.networks(in: "/zoo")).filter { refused[$0] == nil }

  @Test func thereAreNetworks() {
    #expect(Self.compiled.count > 80)
  }

  @Test(arguments: compiled) func isExact(_ name: String) throws {
    let network = try CompiledNetwork(name)
    let report = try network.verify { $0.golden = TestFiles.golden(name) }
    #expect(report.bitExact, "\(String(describing: report.firstDifference))")
    #expect(report.proofs.proved == report.proofs.channels)
    #expect(report.tensors.contains { $0.elements > 0 })
    #expect(report.golden.map { $0.elements > 0 && $0.mismatches == 0 } == true)
    let program = network.compilation.network.program
    #expect(try ProgramParser.program(from: program.text()) == program)
    let drawn = try network.verify { $0.samples = 6 }
    #expect(drawn.bitExact, "drawn inputs: \(String(describing: drawn.firstDifference))")
  }

  @Test(arguments: refused.keys.sorted()) func isRefused(_ name: String) throws {
    let expected = try #require(Self.refused[name])
    let problems = try problems(of: TestFiles.network(name))
    #expect(Set(problems.compactMap(\.location.layer)) == expected.layers)
    for problem in problems {
      for words in expected.words { #expect(problem.description.contains(words), "\(problem)") }
      #expect(problem.fix != nil || problem.supported != nil)
    }
  }

  /// Mutants of the zoo with what Keras made of them (`Tests/keras-differential.py`): a golden file, or nothing.
  @Test(arguments: TestFiles.networks(in: "/mutants")) func mutantIsAsKerasHasIt(_ name: String) throws {
    guard Repository.files(in: Repository.testdata + "/mutants", ending: "").contains("\(name.dropFirst(8)).golden.h5")
    else {
      #expect(try !problems(of: TestFiles.network(name)).isEmpty)
      return
    }
    let report = try CompiledNetwork(name).verify { $0.golden = TestFiles.golden(name) }
    #expect(report.bitExact, "\(String(describing: report.firstDifference))")
    #expect(report.golden.map { $0.elements > 0 && $0.mismatches == 0 } == true)
  }

  /// What is wrong with each, all at once: layers in their order.
  static let mistakes: [(String, [String?])] = [
    ("bits_33", ["c0"]), ("bits_fraction", ["c0"]), ("bits_negative", ["c0"]), ("bits_word", ["c0"]),
    ("bits_zero", ["c0"]), ("channels_first", ["c0"]), ("config_missing", [nil]), ("config_not_json", [nil]),
    ("cycle", ["c0"]), ("dangling_input", ["c0"]), ("dynamic_size", ["input"]), ("external_link", [nil]),
    ("external_storage", [nil]), ("float_quantized_layer", ["c0"]), ("float_weights", ["float_conv", "float_dense"]),
    ("lambda_layer", ["twice"]), ("several_mistakes", ["c0", "a0", "fc"]), ("softmax_middle", ["softmax"]),
    ("local_and_recurrent", ["local", "lstm"]), ("unknown_layers", ["norm", "up", "attention"]),
    ("unknown_quantizer", ["a0"]), ("unquantized_function", ["fc"]), ("unquantized_middle", ["c1"]),
    ("weight_infinite", ["c0"]), ("weight_missing", ["c0"]), ("weight_nan", ["c0"]), ("weight_shape", ["c0"]),
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(_ name: String, _ layers: [String?]) throws {
    let path = TestFiles.network("refused/\(name)")
    let problems = try problems(of: path)
    #expect(problems.map(\.location.layer) == layers)
    for problem in problems { #expect(problem.location.file == path) }
  }

  /// An input without a quantizer gets one: the only file of the folder that compiles.
  @Test(arguments: TestFiles.networks(in: "/refused").filter { $0 != "refused/unquantized_input" })
  func isRefusedWithItsName(_ name: String) throws {
    let path = TestFiles.network(name)
    let problems = try problems(of: path)
    #expect(!problems.isEmpty && problems.allSatisfy { $0.location.file == path }, "\(problems)")
  }

  @Test func anUnquantizedInputIsNoted() throws {
    let network = try CompiledNetwork("refused/unquantized_input")
    let note = try #require(network.compilation.remarks.first { $0.severity == .note })
    #expect(note.description.contains("--source-quantizer"))
    #expect(note.location.layer == "input")
    #expect(try network.verify().bitExact)
  }

  private func problems(of path: String) throws -> [Diagnostic] {
    do {
      _ = try Compiler().compile(Frontends.read(path))
    } catch let problem as Diagnostic {
      return [problem]
    } catch let problems as Diagnostics {
      return problems.errors
    }
    Issue.record("\(path) is not refused")
    return []
  }
}
