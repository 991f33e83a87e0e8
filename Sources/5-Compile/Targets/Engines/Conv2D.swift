extension EngineKind {
  /// Convolutions, with groups; the kernel's rows and columns, input and output channels of a tile all in memory.
  package static let conv2D = EngineKind(
    name: "conv2D", publishedName: "2DConv", reduction: .group, hasPixels: true, takesRuns: true,
    runtime: EngineRuntime(
      symbol: "conv2d", packs: .inputChannels,
      sizes: [
        .init(name: "INPUT_ROWS") { $0.inputMemory.rows },
        .init(name: "INPUT_COLUMNS") { $0.inputMemory.columns },
        .init(name: "INPUT_CHANNELS") { max($0.inputMemory.channels, $0.weightMemory.inputChannels) },
        .init(name: "OUTPUT_ROWS") { $0.outputMemory.rows },
        .init(name: "OUTPUT_COLUMNS") { $0.outputMemory.columns },
        .init(name: "OUTPUT_CHANNELS") { max($0.outputMemory.channels, $0.weightMemory.outputChannels) },
        .init(name: "KERNEL_ROWS") { $0.weightMemory.kernelRows },
        .init(name: "KERNEL_COLUMNS") { $0.weightMemory.kernelColumns },
        .init(name: "MULTIPLIERS") { $0.multipliers },
      ],
      memories: [
        ["INPUT_ROWS", "INPUT_COLUMNS", "INPUT_CHANNELS"],
        ["KERNEL_ROWS", "KERNEL_COLUMNS", "INPUT_CHANNELS", "OUTPUT_CHANNELS"],
        ["OUTPUT_ROWS", "OUTPUT_COLUMNS", "OUTPUT_CHANNELS"],
      ], registers: [["OUTPUT_CHANNELS"]]))
}
