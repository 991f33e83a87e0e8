import CEmitter
import QCCDriver
import Testing

/// The compiled C computes the simulator's codes.
@Suite struct EmittedTests {
  @Test(arguments: [
    "digits_conv_affine", "digits_dense", "zoo/add", "zoo/average_pooling", "zoo/concatenate", "zoo/depth_multiplier",
    "zoo/groups", "zoo/hswish", "zoo/kernel_10x4", "zoo/max_pooling_accumulator", "zoo/outputs_inside",
    "zoo/outputs_of_functions", "zoo/po2_weights", "zoo/shapes",
    "zoo/tanh", "zoo/two_inputs", "zoo/two_outputs", "zoo/wide",
  ])
  func equalsTheSimulator(_ name: String) throws {
    let report = try CompiledNetwork(name).verify {
      $0.emitted = true
      $0.samples = 6
    }
    #expect(report.emitted?.ran == true)
    #expect(report.emitted?.mismatches == 0, "\(String(describing: report.firstDifference))")
    #expect(report.bitExact)
  }

  @Test(arguments: ["digits_conv_affine", "zoo/two_inputs"]) func isTheSameEachTime(_ name: String) throws {
    let files = try (0..<2).map { _ in
      try ProjectBuilder(CompiledNetwork(name).compilation, backend: CEmitter()).project().files
    }
    #expect(files[0].map(\.path) == files[1].map(\.path))
    #expect(files[0].map(\.contents) == files[1].map(\.contents))
  }

  @Test func reportsAreTheSameEachTime() throws {
    let name = "zoo/branches"
    let reports = try [1, 2].map { threads in
      try CompiledNetwork(name).verify {
        $0.golden = TestFiles.golden(name)
        $0.threads = threads
      }
    }
    #expect(reports[0] == reports[1])
    let drawn = try (0..<2).map { _ in try CompiledNetwork(name).verify { $0.seed = 7 } }
    #expect(drawn[0] == drawn[1])
  }
}
