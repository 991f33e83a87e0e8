import Diagnostics
import FloatEngine
import Plans
import QIR

extension Calibrator {
  /// How many layers may stand for one.
  private static let mostPoints = 4
  /// Another layer is worth it where it takes away so much of what is lost.
  private static let leastGain = 0.25

  /// As `calibrate`, and where a layer loses more than the given share of its outputs' energy on inputs that it was not fitted to,
  /// with another one beside it that is fitted to what is missing, as long as that helps: `FloatNetwork.split` makes the
  /// network that the plan is for.
  package func calibrateWithPoints(
    _ plan: QuantizationPlan, on inputs: [NodeID: Batch], lost most: Double
  ) throws(Diagnostics) -> Calibration {
    var points: [String: Int] = [:]
    var losses: [String: Double] = [:]
    var calibration = calibrate(plan, on: inputs)
    while true {
      var isChanging = false
      for name in network.layers.map({ network.graph[$0].name }) {
        let count = points[name] ?? 1
        let parts = calibration.layers.filter {
          count == 1 ? $0.name == name : (1...count).map { FloatNetwork.part($0, of: name) }.contains($0.name)
        }
        guard let first = parts.first, let last = parts.last, first.energy > 0, count < Self.mostPoints else {
          continue
        }
        let lost = last.lost / first.energy
        guard lost > most, lost < (1 - Self.leastGain) * (losses[name] ?? .infinity) else { continue }
        losses[name] = lost
        points[name] = count + 1
        isChanging = true
      }
      guard isChanging else { return calibration }
      var calibrator = Calibrator(try network.split(points), threads: threads)
      (calibrator.ranges, calibrator.methods, calibrator.equalizes) = (ranges, methods, equalizes)
      calibration = calibrator.calibrate(plan.split(points), on: calibrator.network.matching(inputs, of: network))
    }
  }
}

extension FloatNetwork {
  /// Inputs of another network of the same inputs.
  fileprivate func matching(_ inputs: [NodeID: Batch], of other: FloatNetwork) -> [NodeID: Batch] {
    Dictionary(
      uniqueKeysWithValues: zip(other.graph.inputs, graph.inputs).compactMap { old, new in
        inputs[old].map { (new, $0) }
      })
  }
}
