import CValueKernels
import FloatEngine
import Plans
import QIR

extension MapPlan {
  private static let sampled = 2048
  /// How wide each channel's codes would have to reach if it had a scale of its own, the widest 1. Less than a step of that one
  /// is as if it were a step: of a channel that says next to nothing calibration does not know how far it may go.
  func channelRanges(of batch: Batch) -> [Float] {
    let channels = batch.shape.channels
    let step = (batch.values.count / channels / Self.sampled) | 1
    let scales = (0..<channels).map { channel -> Float? in
      let values = stride(from: channel, to: batch.values.count, by: step * channels).map { batch.values[$0] }
      guard values.contains(where: { $0 != 0 }) else { return nil }
      return calibrated(on: Batch(shape: Shape([1]), values: values), by: .leastError).scale
    }
    let widest = scales.compactMap { $0 }.max() ?? 1
    return scales.map { $0.map { max($0 / widest, 1 / Float(1 << bits)) } ?? 1 }
  }
}

extension Batch {
  /// - Parameter factors: one per channel, or none.
  func divided(by factors: [Float]) -> Batch { multiplied(by: factors.map { 1 / $0 }) }

  /// - Parameter factors: one per channel, or none.
  func multiplied(by factors: [Float]) -> Batch {
    guard !factors.isEmpty else { return self }
    return Batch(shape: shape, samples: samples) {
      qcc_f32_affine(values.count / factors.count, factors.count, factors, factors.map { _ in 0 }, values, $0)
    }
  }
}
