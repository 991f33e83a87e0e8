/// What `qcc report` shows of a compiled network on one page.
package struct NetworkReport: Codable, Hashable, Sendable {
  package var name: String
  /// The model's file, without its folder.
  package var file: String
  package var target: String
  package var targetSummary: String
  package var summary: SummaryReport
  package var tiles: TileReport
  package var drawing: NetworkDrawing
  /// One per engine that runs a layer.
  package var rooflines: [Roofline]
  package var proofs: [LayerProof]
  package var accumulators: [AccumulatorType]
  package var tensors: [TensorType]

  package init(
    name: String, file: String, target: String, targetSummary: String, summary: SummaryReport, tiles: TileReport,
    drawing: NetworkDrawing, rooflines: [Roofline], proofs: [LayerProof], accumulators: [AccumulatorType],
    tensors: [TensorType]
  ) {
    self.name = name
    self.file = file
    self.target = target
    self.targetSummary = targetSummary
    self.summary = summary
    self.tiles = tiles
    self.drawing = drawing
    self.rooflines = rooflines
    self.proofs = proofs
    self.accumulators = accumulators
    self.tensors = tensors
  }
}

/// A requantization: channels, and how many of them are proved exact for every reachable accumulator.
package struct LayerProof: Codable, Hashable, Sendable {
  package var layer: String
  package var channels: Int
  package var proved: Int

  package init(layer: String, channels: Int, proved: Int) {
    self.layer = layer
    self.channels = channels
    self.proved = proved
  }
}

/// The accumulators of an instruction: what they can reach, whatever the input.
package struct AccumulatorType: Codable, Hashable, Sendable {
  package var layer: String
  /// `2DConv`, `DWConv`, `FC`; nil for sums and pooling.
  package var engine: String?
  /// Widths of the operands, in bits; nil for sums and pooling.
  package var activationBits: Int?
  package var weightBits: Int?
  package var lowest: Int64
  package var highest: Int64
  /// `s19`
  package var type: String

  package init(
    layer: String, engine: String?, activationBits: Int?, weightBits: Int?, lowest: Int64, highest: Int64, type: String
  ) {
    self.layer = layer
    self.engine = engine
    self.activationBits = activationBits
    self.weightBits = weightBits
    self.lowest = lowest
    self.highest = highest
    self.type = type
  }
}

/// A tensor of the program: value = scale x (code - zero point).
package struct TensorType: Codable, Hashable, Sendable {
  package var name: String
  package var shape: [Int]
  /// How codes are stored: `s8`
  package var type: String
  /// Every code there can be.
  package var lowest: Int64
  package var highest: Int64
  package var zeroPoint: Int64
  /// One, or one per channel.
  package var scales: [Double]

  package init(
    name: String, shape: [Int], type: String, lowest: Int64, highest: Int64, zeroPoint: Int64, scales: [Double]
  ) {
    self.name = name
    self.shape = shape
    self.type = type
    self.lowest = lowest
    self.highest = highest
    self.zeroPoint = zeroPoint
    self.scales = scales
  }
}
