// import-bench model.h5 …: how long it takes to read Keras models, best of 20, and to run the float reference on a sample.
import FloatReference
import KerasImport
import QIR

for path in CommandLine.arguments.dropFirst() {
  var best = Duration.seconds(3600)
  var model: Model?
  for _ in 0..<20 {
    best = min(best, try ContinuousClock().measure { model = try KerasModel.read(path) })
  }
  guard let graph = model?.graph else { continue }
  let reference = FloatReference(graph)
  let inputs = Dictionary(
    uniqueKeysWithValues: graph.inputs.map { ($0, (0..<graph[$0].shape.elements).map { Double($0 % 251) / 128 - 1 }) })
  let sample = ContinuousClock().measure {
    for _ in 0..<4 { _ = reference.run(inputs) }
  }
  print("\(path): \(graph.nodes.count) nodes read in \(best), float reference \(sample / 4) per sample")
}
