// import-bench model.h5 …: how long it takes to read Keras models, best of 20.
import KerasImport

for path in CommandLine.arguments.dropFirst() {
  var best = Duration.seconds(3600)
  var nodes = 0
  for _ in 0..<20 {
    best = min(
      best,
      try ContinuousClock().measure {
        nodes = try KerasModel.read(path).graph.nodes.count
      })
  }
  print("\(path): \(nodes) nodes in \(best)")
}
