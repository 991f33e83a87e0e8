extension EngineKind {
  /// Dense layers of one pixel.
  package static let fullyConnected = EngineKind(
    name: "fullyConnected", publishedName: "FC", reduction: .group, hasPixels: false, takesRuns: false,
    runtime: EngineRuntime(
      symbol: "fc", packs: .inputChannels,
      sizes: [
        .init(name: "INPUTS") { $0.inputMemory.elements },
        .init(name: "OUTPUTS") { max($0.outputMemory.elements, $0.weightMemory.outputChannels) },
        .init(name: "MULTIPLIERS") { $0.multipliers },
      ],
      memories: [["INPUTS"], ["INPUTS", "OUTPUTS"], ["OUTPUTS"]], registers: [["OUTPUTS"]]))
}
