import Compiler
import IntegerProgram
import Numbers

extension WidthsReport {
  /// The smallest widths of each layer, of all layers of a network, and of all networks.
  package init(_ networks: [(file: String, compilation: Compilation)], exploration: WidthExploration? = nil) {
    let layers = networks.map { (file: $0.file, layers: DatapathLayer.all(of: $0.compilation)) }
    self.init(
      networks: layers.map { file, layers in
        Network(
          file: file, layers: layers.map { Layer($0, of: file) },
          widths: smallestWidths(of: layers.map { (file, $0) }))
      },
      widths: layers.count == 1
        ? nil : smallestWidths(of: layers.flatMap { network in network.layers.map { (network.file, $0) } }),
      exploration: exploration)
  }
}

extension WidthsReport.Layer {
  fileprivate init(_ layer: DatapathLayer, of file: String) {
    let widths = smallestWidths(of: [(file, layer)])
    self.init(
      name: layer.name, engine: layer.instruction.shape.engine.publishedName, widths: widths,
      tiesToEven: layer.channels.contains { $0.tiesToEven }, multiplierBits: layer.multiplierBits,
      note: layer.note ?? (widths.count == 1 ? "no formats were found that are exact" : nil))
  }
}

/// The smallest widths of hardware for these layers; those of the accumulator alone where none of them runs on the datapath.
private func smallestWidths(
  of layers: [(file: String, layer: DatapathLayer)]
) -> [DatapathNumber: WidthsReport.Width] {
  let search = WidthSearch(layers.map(\.layer))
  func refutation(
    _ end: FormatEnd, _ format: FixedPointFormat, _ counterexample: Counterexample?
  ) -> WidthsReport.Refutation? {
    counterexample.map { found in
      WidthsReport.Refutation(
        end: end, format: format, network: layers[found.layer].file, layer: layers[found.layer].layer.name,
        counterexample: found)
    }
  }
  var widths: [DatapathNumber: WidthsReport.Width] = [:]
  let accumulator = search.accumulatorFormat
  if accumulator.totalBits > 0 {
    let narrow = accumulator.without(.integer, bits: 1)
    widths[.accumulator] = .init(
      format: accumulator, refutations: [refutation(.integer, narrow, search.overflow(of: narrow))].compactMap { $0 })
  }
  guard let formats = search.smallest() else { return widths }
  for number in DatapathNumber.constants {
    let format = formats[number]
    widths[number] = .init(
      format: format,
      refutations: (format.totalBits == 0 ? [] : number.ends).compactMap { end in
        var narrow = formats
        narrow[number] = format.without(end, bits: 1)
        return refutation(end, narrow[number], search.counterexample(in: narrow))
      })
  }
  return widths
}

extension DatapathLayer {
  /// Of the largest multiplier of its requantization, as a signed number where one of them is negative.
  fileprivate var multiplierBits: Int? {
    channels.map(\.requantizer.multiplier).hull().map { IntegerType.narrowest(holding: $0).bits }
  }
}
