import Numbers
import Prover
import Quantization

extension IdealFunction {
  init(scale: Rational, shift: Rational, functions: [RealFunction], quantizer: FeatureMapQuantizer) {
    self.init(scale: scale, shift: shift, tail: Tail(functions: functions, quantizer: quantizer))
  }
}
