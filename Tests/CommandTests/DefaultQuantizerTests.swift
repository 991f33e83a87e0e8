import Testing
import TestSupport

/// `--default-quantizer` on networks that are refused without it.
@Suite struct DefaultQuantizerTests {
  @Test(arguments: ["float_quantized_layer", "float_weights", "unquantized_function", "unquantized_middle"])
  func whatIsRefusedIsBitExactWithIt(_ name: String) throws {
    try Folder.with { folder in
      let verify = "verify $T/refused/\(name).h5 --no-emitted"
      let refused = try Command.run(verify, in: folder)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("--default-quantizer"), "\(refused.errors)")
      let exact = try Command.run("\(verify) --default-quantizer 'quantized_bits(16,6,1)'", in: folder)
      #expect(exact.status == 0, "\(exact.errors)")
      #expect(exact.output.contains("bit-exact"))
      #expect(exact.errors.contains("taken as quantized_bits(16,6,1)"))
    }
  }

  @Test func whatIsNoQuantizerIsSaid() throws {
    try Folder.with { folder in
      let wrong = try Command.run("verify $T/digits_dense.h5 --default-quantizer nothing", in: folder)
      #expect(wrong.status == 1)
      #expect(wrong.errors.contains("--default-quantizer") && wrong.errors.contains("unknown quantizer"))
    }
  }
}
