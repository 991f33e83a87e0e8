import Numbers

/// AutoQKeras' score (Coelho et al. 2021, section 5): the metric, raised where a trial is smaller than a reference and lowered
/// where it is larger. Every division of the size by `rate` forgives `deltaP` percent of the metric:
///
///     score = metric x (1 + delta)
///     delta = deltaP / 100 x log_rate(stress x reference / trial)    trial smaller than stress x reference
///             deltaN / 100 x log_rate(stress x reference / trial)    otherwise: not positive
///
/// What QKeras 0.9.0 does differently (`forgiving_factor.py`, `forgiving_bits.py`, `forgiving_energy.py`), and so does a
/// compatible score:
///
/// - `stress` has no effect on energy: `ForgivingFactorPower.get_reference` returns the stressed size, but `delta` divides the
///   size that it keeps, which is not.
/// - `deltaP`, `deltaN`, `rate` and the logarithm of `rate` are float32 numbers, what is made of them is not; the score is float32.
/// - It prints `deltaP` divided by 100, as `delta_p=0.05` for 5.
///
/// Sizes are given. What QKeras counts as bits: weights of `Dense`, `Conv1D`, `Conv2D`, `DepthwiseConv2D` and their quantized
/// forms, each at its quantizer's bits or, without one, at `ref_bits`; of a batch normalization variance and center, at
/// `ref_bits`, or where it is quantized at 6 and 5 bits whatever its quantizers are; of other layers, folded ones too, nothing.
/// And maps: inputs at `input_bits`; results of activations at their bits, linear ones at none, softmax at `output_bits`, sigmoid
/// too where it is a layer of its own; what has no quantizer at `ref_bits`. As energy: the sum that QTools reports.
package struct ForgivingScore: Sendable {
  /// What sizes are.
  package enum Measure: Sendable {
    case bits, energy, cycles
  }

  package var measure: Measure
  /// Percent of the metric that a trial smaller by `rate` is forgiven.
  package var deltaP: Double
  /// Percent of the metric that a trial larger by `rate` is fined.
  package var deltaN: Double
  /// Above 1.
  package var rate: Double
  /// What the reference is multiplied by.
  package var stress: Double
  /// Whether scores are those of QKeras 0.9.0, else those of the formula.
  package var isCompatible: Bool

  /// The defaults are AutoQKeras'.
  package init(
    _ measure: Measure, deltaP: Double = 8, deltaN: Double = 8, rate: Double = 2, stress: Double = 1,
    isCompatible: Bool = true
  ) {
    self.measure = measure
    self.deltaP = deltaP
    self.deltaN = deltaN
    self.rate = rate
    self.stress = stress
    self.isCompatible = isCompatible
  }

  /// The part of the metric that a trial is forgiven, or fined below 0.
  ///
  /// - Parameters: above 0.
  package func delta(reference: Double, trial: Double) -> Double {
    let stressed = isCompatible && measure == .energy ? reference : reference * stress
    let percent = trial < stressed ? deltaP : deltaN
    let steps = ElementaryMath.logarithm(stressed / trial) / logarithmOfRate
    return (isCompatible ? Double(Float(percent)) : percent) / 100 * steps
  }

  package func score(metric: Double, reference: Double, trial: Double) -> Double {
    let factor = 1 + delta(reference: reference, trial: trial)
    return isCompatible ? Double(Float(metric) * Float(factor)) : metric * factor
  }

  private var logarithmOfRate: Double {
    isCompatible ? Double(ElementaryMath.logarithm(Float(rate))) : ElementaryMath.logarithm(rate)
  }
}
