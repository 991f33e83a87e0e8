import Numbers
import Testing

@testable import Assessment

/// SQNR = 10 log10(sum w^2 / sum (w - wq)^2)
@Suite struct RatioTests {
  /// By hand: 0.81 + 4.84 + 9 + 1.96 = 16.61 over 0.01 + 0.04 + 0 + 0.16 = 0.21; lg 79.095 = 1.89815.
  @Test func ofFourWeights() throws {
    var distortion = Distortion()
    distortion.append([0.9, 2.2, -3, 1.4], [1, 2, -3, 1])
    #expect(abs(try #require(distortion.decibels) - 18.9815) < 1e-4)
  }

  /// A signal that is uniform over the whole range of b bits has a power of (2^b step)^2 / 12, its noise step^2 / 12: 20 lg 2
  /// = 6.0206 dB for each bit, and nothing beside.
  @Test(arguments: [1, 2, 4, 8])
  func ofAUniformSignal(_ bits: Int) throws {
    let levels = Double(1 << bits)
    let count = 1 << 16
    let signal = (0..<count).map { (Double($0) + 0.5) / Double(count) * levels - levels / 2 }
    var distortion = Distortion()
    distortion.append(signal, signal.map { $0.rounded(.down) + 0.5 })
    #expect(abs(try #require(distortion.decibels) - 6.0206 * Double(bits)) < 0.001)
  }
}
