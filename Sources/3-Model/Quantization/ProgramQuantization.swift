import Numbers

/// How codes of a program come from a quantizer's: program code = quantizer's code - code shift.
package struct ProgramQuantization: Sendable {
  package var quantizers: PerChannel<FeatureMapQuantizer>
  package var codeShift: Int64

  package init(quantizers: PerChannel<FeatureMapQuantizer>, codeShift: Int64) {
    self.quantizers = quantizers
    self.codeShift = codeShift
  }
}
