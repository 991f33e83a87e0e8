import Testing

/// How the command is used, and used wrongly.
@Suite struct UsageTests {
  static let commands = [
    "compile", "quantize", "profile", "verify", "tile-report", "simulate", "summary", "qtools", "energy", "memory",
    "report",
    "targets", "search", "study", "evaluate", "widths",
  ]

  @Test(arguments: commands) func helpHasAnExample(_ command: String) throws {
    let result = try Command.run("\(command) --help", in: "/")
    #expect(result.status == 0)
    #expect(result.output.contains("\n  qcc \(command)"))
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: [
    "frobnicate", "compile", "compile --bogus x.h5", "compile ''", "verify x.h5 --samples 0",
    "verify x.h5 --samples many",
    "verify x.h5 --threads -1", "tile-report x.h5 --format xml", "tile-report x.h5 --cost-model free",
    "simulate x.h5 -o y.npy", "summary", "summary x.h5 --qtools-compatible", "targets a b",
    "qtools", "energy x.h5 --weights-on tape", "energy x.h5 --min-sram-size -1",
  ])
  func wrongUsage(_ words: String) throws {
    let result = try Command.run(words, in: "/")
    #expect(result.status == 2)
    #expect(result.errors.contains("Usage: qcc"), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func completionScript() throws {
    let result = try Command.run("--generate-completion-script bash | bash -n", in: "/")
    #expect(result.status == 0, "\(result.errors)")
  }

  /// Lines stay within the terminal, and what goes into a pipe has no colours.
  @Test(arguments: ["summary", "tile-report", "verify --no-emitted", "qtools", "energy", "memory"]) func narrowTerminal(
    _ command: String
  ) throws {
    let result = try Command.run("\(command) $T/digits_conv_affine.h5", in: "/", before: "export COLUMNS=60")
    #expect(result.status == 0, "\(result.errors)")
    for line in result.output.split(separator: "\n") { #expect(line.count <= 60 || !line.contains("  "), "\(line)") }
    #expect(!result.output.contains("\u{1B}"))
  }

  /// The keys that other programs rely on.
  @Test func formats() throws {
    let json = try Command.run("summary $T/digits_dense.h5 --format json", in: "/")
    #expect(json.output.contains("\"kernelQuantizer\" : \"quantized_bits("), "\(json.output)")
    #expect(json.output.contains("\"type\" : \"QDense\""))
    let csv = try Command.run("tile-report $T/digits_dense.h5 --format csv", in: "/")
    #expect(csv.output.hasPrefix("name,engine,mode,tiles,macs,idealStandard,idealReconfigurable,"))
    let targets = try Command.run("targets; \"$QCC\" targets stmac", in: "/")
    #expect(targets.output.contains("stmac") && targets.output.contains("assumption"))
  }
}
