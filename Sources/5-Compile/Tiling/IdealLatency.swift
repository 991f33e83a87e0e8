import Diagnostics
import Targets

/// Ideal latency of a layer: tiles times the multiplier mode's factor, transfers hidden by double buffering (thesis
/// section 4.3). The unit is the time of one tile on standard multipliers.
package struct IdealLatency: Hashable, Sendable {
  package var standard: Double
  package var reconfigurable: Double

  package init(standard: Double = 0, reconfigurable: Double = 0) {
    self.standard = standard
    self.reconfigurable = reconfigurable
  }

  /// - Throws: `Diagnostic` where no mode of the accelerator holds the layer's widths.
  package init(
    tiles: Int, shape: LinearLayerShape, accelerator: Accelerator, model: CostModel
  ) throws(Diagnostic) {
    let factor = try accelerator.idealFactor(
      activationBits: shape.modeActivationBits, weightBits: shape.modeWeightBits, model: model)
    standard = Double(tiles)
    reconfigurable = Double(tiles) * factor
  }

  package var speedup: Double { reconfigurable > 0 ? standard / reconfigurable : 1 }

  package static func += (sum: inout IdealLatency, part: IdealLatency) {
    sum.standard += part.standard
    sum.reconfigurable += part.reconfigurable
  }
}
