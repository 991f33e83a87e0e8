import Presentation
import Testing
@testable import Verify

@Suite struct VerifyReportTextTests {
  @Test func everythingThatWasComparedIsSaid() {
    let report = VerifyReport(
      samples: 64, tensors: [.init(name: "conv", elements: 16384, mismatches: 2, ties: 0)],
      proofs: .init(channels: 304, proved: 304), golden: .init(elements: 100, mismatches: 0, ties: 1),
      emitted: .init(ran: true, mismatches: 0), notCompared: ["samples 4 to 9 of 'a'"],
      accuracy: .init(reference: 0.96875, accelerator: 0.95),
      firstDifference: .init(
        tensor: "conv", layer: "conv", index: [0, 3, 4, 1], expected: 12, found: 13, against: "float reference"))
    #expect(
      report.text() == """
        tensor  elements  mismatches  ties
        conv      16,384           2     0

        proofs    304 of 304 channels proved exact
        golden    0 mismatches in 100 elements, 1 tie
        emitted   0 mismatches in the compiled C
        left out  samples 4 to 9 of 'a'
        accuracy  96.88 % reference, 95.00 % accelerator
        first difference: tensor 'conv' [0, 3, 4, 1], made by layer 'conv': 12 in the float reference, 13 in the accelerator
        NOT bit-exact on 64 samples

        """)
  }

  @Test func theVerdictIsColouredOnATerminal() {
    let report = VerifyReport(samples: 1, tensors: [], proofs: .init(channels: 1, proved: 1))
    #expect(report.text(TextStyle(isColored: true)).hasSuffix("\u{1B}[32mbit-exact on 1 sample\u{1B}[0m\n"))
    #expect(report.text().hasSuffix("\nbit-exact on 1 sample\n"))
  }
}
