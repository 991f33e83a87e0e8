import Diagnostics
import Targets
import Testing

@Suite struct AcceleratorTests {
  let stmac: Accelerator

  init() throws {
    stmac = try TargetFile.load("stmac")
  }

  @Test func memoriesOfTheBuiltinTarget() {
    #expect(TargetFile.builtinNames == ["cpu", "stmac-small", "stmac"])
    #expect(stmac[.conv2D].inputMemory == MapExtents(rows: 18, columns: 18, channels: 16))
    #expect(stmac[.conv2D].weightMemory.description == "7x7x16x16")
    #expect(stmac[.depthwise].outputMemory.description == "22x22x16")
    #expect(stmac[.depthwise].weightMemory.description == "5x5x16x1")
    #expect(stmac[.fullyConnected].weightMemory.description == "1x1x256x16")
    #expect(stmac.operandPortBits == 16)
  }

  @Test func everyConstantSaysWhereItComesFrom() {
    #expect(stmac.constants.count == 1 + 5 + 3 * 5 + 5)
    #expect(stmac.constants.contains { $0.path == "cycles.busBytesPerCycle" && $0.value == "8" })
  }

  @Test(arguments: [
    (16, 16, "16x16"), (16, 8, "16x8"), (8, 16, "16x8"), (16, 4, "16x8"), (4, 16, "16x8"), (8, 8, "8x8"), (8, 4, "8x4"),
    (4, 8, "8x4"), (4, 4, "4x4"), (1, 1, "4x4"), (5, 4, "8x4"), (3, 7, "8x4"), (5, 5, "8x8"), (9, 8, "16x8"),
    (9, 9, "16x16"), (15, 1, "16x8"),
  ])
  func cheapestModeThatHoldsBothWidths(activationBits: Int, weightBits: Int, name: String) throws {
    #expect(try stmac.mode(activationBits: activationBits, weightBits: weightBits).name == name)
  }

  @Test(arguments: [
    (16, 16, 1, 1), (16, 8, 1, 0.25), (16, 4, 1, 0.25), (8, 16, 1, 1), (4, 16, 1, 1), (8, 8, 0.5, 0.5),
    (4, 8, 0.5, 0.5), (4, 4, 0.25, 0.25), (9, 3, 1, 0.25),
  ])
  func idealFactors(activationBits: Int, weightBits: Int, stated: Double, published: Double) throws {
    let factor = { try stmac.idealFactor(activationBits: activationBits, weightBits: weightBits, model: $0) }
    #expect(try factor(.stated) == stated)
    #expect(try factor(.published) == published)
  }

  @Test func operandsBeyondThePortsAreAnError() {
    for (activationBits, weightBits) in [(17, 4), (4, 17), (0, 4), (4, -1)] {
      #expect(throws: Diagnostic.self) {
        try stmac.mode(activationBits: activationBits, weightBits: weightBits)
      }
    }
  }
}
