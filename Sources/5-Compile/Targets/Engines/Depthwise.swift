extension EngineKind {
  /// Depthwise convolutions: every multiplier has a channel of its own and sums its taps.
  package static let depthwise = EngineKind(
    name: "depthwise", publishedName: "DWConv", reduction: .ownChannel, hasPixels: true, takesRuns: false,
    runtime: EngineRuntime(
      symbol: "dwconv", packs: .kernelTaps,
      sizes: [
        .init(name: "INPUT_ROWS") { $0.inputMemory.rows },
        .init(name: "INPUT_COLUMNS") { $0.inputMemory.columns },
        .init(name: "OUTPUT_ROWS") { $0.outputMemory.rows },
        .init(name: "OUTPUT_COLUMNS") { $0.outputMemory.columns },
        .init(name: "CHANNELS") { max($0.inputMemory.channels, $0.outputMemory.channels) },
        .init(name: "KERNEL_ROWS") { $0.weightMemory.kernelRows },
        .init(name: "KERNEL_COLUMNS") { $0.weightMemory.kernelColumns },
        .init(name: "MULTIPLIERS") { $0.multipliers },
      ],
      memories: [
        ["INPUT_ROWS", "INPUT_COLUMNS", "CHANNELS"], ["KERNEL_ROWS", "KERNEL_COLUMNS", "CHANNELS"],
        ["OUTPUT_ROWS", "OUTPUT_COLUMNS", "CHANNELS"],
      ], registers: [["CHANNELS"], ["KERNEL_ROWS", "KERNEL_COLUMNS"]]))
}
