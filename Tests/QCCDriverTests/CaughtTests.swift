import CEmitter
import QIR
import Compiler
import IntegerProgram
import Lowering
import Numbers
import QCCDriver
import Testing
import TestSupport
import Verify

/// Programs made wrong on purpose: a verification that passes them would be worth nothing.
@Suite struct CaughtTests {
  /// A program with the requantization of its linear layer `index` changed.
  private func broken(
    _ name: String, _ change: (inout AffineRequantizer) -> Void
  ) throws -> (report: VerifyReport, layer: String) {
    var compilation = try CompiledNetwork(name).compilation
    var layer = ""
    for (index, instruction) in compilation.network.program.instructions.enumerated() {
      guard case .linear(var linear) = instruction, case .requantize(var requantization) = linear.stage,
        case .affine(var affine) = requantization.channels[0]
      else { continue }
      change(&affine)
      requantization.channels[0] = .affine(affine)
      linear.stage = .requantize(requantization)
      compilation.network.program.instructions[index] = .linear(linear)
      layer = linear.name
      break
    }
    try #require(!layer.isEmpty, "\(name) has an affine requantization")
    var options = Verifier.Options()
    options.emitted = false
    options.golden = TestFiles.golden(name)
    return (try Verifier(compilation, options: options).report(), layer)
  }

  @Test(arguments: ["digits_conv_affine", "digits_conv_auto"]) func aWrongAddend(_ name: String) throws {
    let (report, _) = try broken(name) { $0.addend += Int128(1) << Int128($0.shift) }
    #expect(!report.bitExact)
    let wrong = report.tensors.filter { $0.mismatches > 0 }
    // Counted where it is made, not again downstream.
    #expect(wrong.count == 1, "\(wrong)")
    let first = try #require(report.firstDifference)
    #expect(first.tensor == wrong.first?.name)
    #expect(first.against == "float reference")
    #expect(first.index.last == 0 && first.index.count == 4)
    #expect(first.found == first.expected + 1)
    #expect(report.golden?.mismatches == 0)
  }

  @Test func aMultiplierThatIsSlightlyOff() throws {
    let (report, _) = try broken("digits_conv_affine") { $0.multiplier += $0.multiplier / 16 }
    #expect(!report.bitExact)
    #expect(report.tensors.filter { $0.mismatches > 0 }.count == 1)
  }

  @Test func aWrongWeight() throws {
    var compilation = try CompiledNetwork("digits_dense").compilation
    let instructions = compilation.network.program.instructions
    let index = try #require(instructions.firstIndex { if case .linear = $0 { true } else { false } })
    guard case .linear(var linear) = compilation.network.program.instructions[index] else { return }
    let weight = try #require(linear.weights.indices.max { abs(linear.weights[$0]) < abs(linear.weights[$1]) })
    var weights = linear.weights.widened
    weights[weight] = -weights[weight]
    linear.weights = IntegerArray(weights)
    compilation.network.program.instructions[index] = .linear(linear)
    var options = Verifier.Options()
    options.emitted = false
    options.inputs = [Repository.testdata + "/digits_x.npy"]
    let report = try Verifier(compilation, options: options).report()
    #expect(!report.bitExact)
  }

  /// The host's part of an output left out, or another's.
  @Test(arguments: [nil, "other", "scale"]) func aWrongTail(_ change: String?) throws {
    let name = "zoo/outputs_of_functions"
    var compilation = try CompiledNetwork(name).compilation
    let outputs = compilation.network.program.outputs
    switch change {
    case "other": compilation.network.program.outputs[0].tail = outputs[2].tail
    case "scale": compilation.network.program.outputs[0].encoding.scales[0] *= 1.001
    default: compilation.network.program.outputs[0].tail = nil
    }
    var options = Verifier.Options()
    options.emitted = false
    let report = try Verifier(compilation, options: options).report()
    #expect(report.tensors.filter { $0.mismatches > 0 }.map(\.name) == ["probabilities"])
    #expect(report.firstDifference?.tensor == "probabilities")
    #expect(report.firstDifference?.against == "float reference")
  }

  /// The accelerator's own test bench, one requantization constant changed in its source.
  @Test func aWrongConstantInTheEmittedC() throws {
    let folder = try Folder()
    let project = try ProjectBuilder(CompiledNetwork("digits_dense").compilation, backend: CEmitter()).project()
    _ = try project.place(at: folder.path + "/p")
    #expect(try Shell.run("make -s test", in: folder.path + "/p").status == 0)
    var changed = project
    let index = try #require(changed.files.firstIndex { $0.path == "src/constants.c" })
    var text = String(decoding: changed.files[index].contents, as: UTF8.self)
    let table = try #require(text.range(of: "_addend[32] = {"), "the first layer's")
    text.insert(contentsOf: "100000 + ", at: table.upperBound)
    changed.files[index].contents = Array(text.utf8)
    _ = try changed.place(at: folder.path + "/p", force: true)
    let result = try Shell.run("make -s test", in: folder.path + "/p")
    #expect(result.status != 0, "\(result.output)")
  }

  /// One value of a golden file changed by `testdata/corrupt.py`.
  @Test func aWrongGoldenValue() throws {
    let report = try CompiledNetwork("digits_dense").verify {
      $0.golden = Repository.testdata + "/corrupted/digits_dense.golden.h5"
    }
    #expect(!report.bitExact)
    #expect(report.tensors.allSatisfy { $0.mismatches == 0 })
    // The changed one; what lies behind it is computed from the file's own values and differs too.
    #expect((report.golden?.mismatches ?? 0) >= 1)
    let first = try #require(report.firstDifference)
    #expect(first.tensor == "relu1")
    #expect(first.index == [2, 5])
    #expect(first.against == "golden file")
    #expect(first.expected != first.found)
  }

  /// The program of a scale of 1/2, which meets ties, for one that is a little more: next to a boundary there is one right code,
  /// even where doubles cannot say so.
  @Test(arguments: ["0.5000000000000284", "576460752303423489/1152921504606846976"])
  func aValueNextToABoundaryIsNoTie(_ scale: String) throws {
    func compilation(_ scale: String) throws -> Compilation {
      let text = """
        graph g
        x = input shape=[2]
        q = quantize x by=quantized_bits(8,7,1)
        d = dense q kernel=int4[2, 2](1, 2, 3, 1)*\(scale)
        r = quantize d by=quantized_bits(8,7,1)
        output r
        """
      return try Compiler().compile(GraphParser.graph(from: text))
    }
    var options = Verifier.Options()
    options.emitted = false
    var network = try compilation(scale)
    #expect(try Verifier(network, options: options).report().bitExact)
    let half = try compilation("0.5")
    let report = try Verifier(half, options: options).report()
    #expect(report.bitExact && report.tensors.contains { $0.ties > 0 })
    network.network.program = half.network.program
    #expect(try !Verifier(network, options: options).report().bitExact)
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    let report = try CompiledNetwork("digits_dense").verify {
      $0.golden = Repository.testdata + "/corrupted/surplus.h5"
    }
    #expect(report.bitExact && report.samples == 3)
    #expect(
      report.notCompared == [
        "'quantized_weights' in the golden file: its x, layers and tensors alone are read",
        "samples 3 to 7 in the golden file, for which there are no inputs",
      ])
  }
}
