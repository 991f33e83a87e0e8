import Lowering
import QIR
import Quantization

extension LoweredNetwork {
  /// The program's input codes of some samples, by program input and by sample.
  package func codes(
    of inputs: NetworkInputs, samples: Range<Int>
  ) -> (byInput: [[Int64]], bySample: [[[Int64]]]) {
    let bySample = samples.map { sample in
      self.inputs.map { input in
        input.codes(of: inputs.sample(sample, of: graph[input.graphInput]))
      }
    }
    return (self.inputs.indices.map { index in bySample.flatMap { $0[index] } }, bySample)
  }
}

extension LoweredNetwork.Input {
  /// The program's codes of one sample.
  func codes(of values: ArraySlice<Double>) -> [Int64] {
    quantization.quantizers.forEachElement(of: values.count) { quantizer, element in
      quantizer.exactCode(of: values[values.startIndex + element]) - quantization.codeShift
    }
  }
}
