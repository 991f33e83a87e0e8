import Testing

@testable import Exploration

/// Expected numbers are scikit-learn 1.9's: GaussianProcessRegressor(c * Matern(length, nu=2.5), alpha=c * 1e-4, optimizer=None)
/// with c the likeliest variance, yᵀK⁻¹y / n.
@Suite struct GaussianProcessTests {
  private let inputs: [[Double]] = [[2, 2, 4], [3, 2, 4], [4, 3, 2], [2, 4, 3], [3, 3, 3], [4, 4, 4]]
  private let values = [0.3, -0.2, 1.1, 0.4, -0.5, 0.05]

  @Test(arguments: [
    (0.5, (0.033731114484894006, 0.5455239709389155), (0.013422843819755864, 0.5505435041163964)),
    (1, (0.10165810606709402, 0.5306166945506228), (0.0730195210607022, 0.590095662867887)),
    (2, (0.11507799523548279, 0.4779529246852388), (0.11082464432224137, 0.5934830027286007)),
    (4, (0.08027617627075045, 0.4436723608311481), (0.15437941717456738, 0.5649500888463097)),
  ])
  func predictions(length: Double, first: (Double, Double), second: (Double, Double)) {
    let process = GaussianProcess(inputs: inputs, values: values, lengths: [length])
    for (input, expected) in zip([[2.0, 3, 4], [4, 2, 3]], [first, second]) {
      let (mean, deviation) = process.prediction(at: input)
      #expect(abs(mean - expected.0) < 1e-12 && abs(deviation - expected.1) < 1e-12)
    }
  }

  /// Its log likelihoods: -4.93 for 0.5, -5.74, -7.50, -9.82 for 4.
  @Test func likeliestLength() {
    let likeliest = GaussianProcess(inputs: inputs, values: values, lengths: [4, 1, 0.5, 2]).prediction(at: [2, 3, 4])
    #expect(abs(likeliest.mean - 0.033731114484894006) < 1e-12)
  }

  @Test func choleskyByHand() {
    let matrix = [[4.0, 2, -2], [2, 10, 2], [-2, 2, 6]]
    let factor = CholeskyFactor(count: 3) { matrix[$0][$1] }
    // L = [[2], [1, 3], [-1, 1, 2]]
    #expect(factor.solution(of: [4, 14, 6]) == [1, 1, 1])
    #expect(abs(factor.logarithmOfDeterminant - 4.969813299576001) < 1e-14)
  }
}
