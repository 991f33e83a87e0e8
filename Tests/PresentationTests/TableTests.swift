import Presentation
import Testing

@Suite struct TableTests {
  private var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("shape", isOptional: true), .init("macs", .right),
    ])
    table.append([.text("separable_conv2d_11_depthwise"), .text("25x5x64"), .integer(1_234_567)])
    table.append([.text("fc, \"last\""), .text("12"), .missing])
    table.setTotals([.text("total"), .text(""), .integer(1_234_567)])
    return table
  }

  @Test func columnsAlignAndNumbersStandRight() {
    #expect(
      table.text() == """
        layer                          shape         macs
        separable_conv2d_11_depthwise  25x5x64  1,234,567
        fc, "last"                     12               -
        -----------------------------  -------  ---------
        total                                   1,234,567

        """)
  }

  @Test func narrowTerminalsShrinkNamesThenDropOptionalColumns() {
    #expect(
      table.text(TextStyle(width: 35)) == """
        layer            shape         macs
        separab…pthwise  25x5x64  1,234,567
        fc, "last"       12               -
        ---------------  -------  ---------
        total                     1,234,567

        """)
    #expect(
      table.text(TextStyle(width: 24)) == """
        layer               macs
        separa…thwise  1,234,567
        fc, "last"             -
        -------------  ---------
        total          1,234,567
        (not shown for lack of width: shape)

        """)
  }

  @Test func everyLineFitsTheWidthWhereColumnsAllowIt() {
    for width in 19...60 {
      let lines = table.text(TextStyle(width: width)).split(separator: "\n").filter { !$0.hasPrefix("(") }
      #expect(lines.allSatisfy { $0.count <= width }, "at width \(width)")
    }
  }

  @Test func coloursOnlyWhenAsked() {
    #expect(!table.text().contains("\u{1B}"))
    #expect(table.text(TextStyle(isColored: true)).hasPrefix("\u{1B}[1mlayer"))
  }

  @Test func csvQuotesWhatNeedsQuotes() {
    #expect(
      table.csv() == """
        layer,shape,macs
        separable_conv2d_11_depthwise,25x5x64,1234567
        "fc, ""last\""",12,

        """)
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (80.25, 2, "80.25"), (-0.001, 2, "0.00"), (-1234.5, 0, "-1,234"), (0.125, 2, "0.12"),
    (2.05, 1, "2.0"), (999_999.999, 2, "1,000,000.00"), (.infinity, 2, "inf"),
    // As C prints them: the number itself is rounded, not its shortest decimal.
    (0.00625, 4, "0.0063"), (0.03125, 4, "0.0312"), (0.99996, 4, "1.0000"), (1_234_567.8915, 3, "1,234,567.891"),
    (0.5, 0, "0"), (1.5, 0, "2"),
  ])
  func fixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(fixed(value, decimals: decimals) == text)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (-123_456, "-123,456"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func thousands(value: Int, text: String) {
    #expect(grouped(value) == text)
  }
}
