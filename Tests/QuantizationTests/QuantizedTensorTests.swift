import Numbers
import Quantization
import Testing

@Suite struct QuantizedTensorTests {
  /// TensorFlow's kernels take for 0 what is smaller than 2^-126.
  @Test func numbersSmallerThanNormalOnesAreZero() {
    let tensor = QuantizedTensor(
      shape: [3, 2], codes: [1, 1, 4, 0, -256, -1], scales: [.powerOfTwo(-128), .powerOfTwo(-126)], bits: 9)
    #expect(tensor.flushed.codes == [0, 1, 4, 0, -256, -1])
  }
}
