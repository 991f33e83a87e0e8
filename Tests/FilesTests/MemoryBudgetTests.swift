import Diagnostics
import Files
import Testing

@Suite struct MemoryBudgetTests {
  @Test(arguments: [("512", 512 << 20), ("512M", 512 << 20), ("2GiB", 2 << 30), ("64 KiB", 64 << 10)])
  func readsSizes(_ text: String, _ bytes: Int) {
    #expect(MemoryBudget.bytes(text) == bytes)
  }

  @Test(arguments: ["", "0", "-1", "much", "1.5GiB", "99999999999999999999", "9999999999GiB", "12X"])
  func knowsWhatIsNoSize(_ text: String) {
    #expect(MemoryBudget.bytes(text) == nil)
  }

  @Test func saysWhatIsTooMuchAndTakesNothing() throws {
    var budget = MemoryBudget(bytes: 3 << 20)
    try budget.take(1 << 18, of: 4, for: "the first", at: .init())
    let problem = #expect(throws: Diagnostic.self) {
      try budget.take(1 << 20, of: 4, for: "the weights", at: .init(file: "m.h5"))
    }
    #expect(
      problem?.description
        == "error: m.h5: the weights need 5 MiB of memory, with the 1 MiB taken before; "
        + "supported: 3 MiB for a model's parameters, feature maps and samples together; "
        + "fix: set the environment variable QCC_MEMORY=5 or more where that is meant")
    #expect(throws: Diagnostic.self) { try budget.take(.max, of: 8, for: "the maps", at: .init()) }
    try budget.take(1 << 18, of: 8, for: "what fits", at: .init())
    #expect(budget.used == 3 << 20)
  }
}
