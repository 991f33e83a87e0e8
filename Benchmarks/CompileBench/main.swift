// compile-bench model.h5 …: what one compilation of a graph takes where the same compiler makes a hundred of them, as a search
// over quantizers does; with and without judging the programs once more.
import Compiler
import Frontends

let runs = 100
for path in CommandLine.arguments.dropFirst() {
  let model = try Frontends.read(path)
  var compiler = try Compiler()
  var times: [String] = []
  for verifies in [true, false] {
    compiler.verifiesProgram = verifies
    let time = try ContinuousClock().measure {
      for _ in 0..<runs { _ = try compiler.compile(model) }
    }
    times.append("\((time / runs) / .milliseconds(1)) ms")
  }
  print("\(path): \(times[0]), \(times[1]) without the judge")
}
