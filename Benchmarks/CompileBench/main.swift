// compile-bench model.h5 …: what the stages of the first compilation of a model take, and a compilation of its graph where the
// same compiler makes a hundred of them, as a search over quantizers does, with and without judging the programs once more.
import Backend
import CEmitter
import Compiler
import Diagnostics
import Frontends
import Lowering
import Passes
import QCCDriver
import Schedule

let runs = 100
var stages: [String] = []
var stageBegan = ContinuousClock.now

@MainActor func stageEnded(_ name: String) {
  stages.append("\(name) \((ContinuousClock.now - stageBegan) / .milliseconds(1))")
  stageBegan = ContinuousClock.now
}

for path in CommandLine.arguments.dropFirst() {
  stages = []
  stageBegan = ContinuousClock.now
  let model = try Frontends.read(path)
  stageEnded("read")
  var compiler = try Compiler()
  let compilation = try compiler.compile(model)
  stageEnded("compile")
  let project = try ProjectBuilder(compilation, backend: CEmitter()).project()
  stageEnded("project")
  print("\(path): \(stages.joined(separator: ", ")) ms, \(project.files.count) files")

  var problems = Diagnostics([])
  stageBegan = ContinuousClock.now
  let reference = try PassManager(
    Pipeline.toReference(sourceQuantizer: compiler.sourceQuantizer, defaultQuantizer: compiler.defaultQuantizer)
  )
  .run(on: model.graph, reporting: &problems)
  let graph = try PassManager(compiler.passes).run(on: reference, reporting: &problems)
  stages = []
  stageEnded("passes")
  let network = try lower(
    graph, namingOutputs: model.graph.outputNames, requantizerBits: compiler.target.requantizerBits)
  stageEnded("lower")
  let schedule = try Schedule(network.program, for: compiler.target)
  stageEnded("schedule")
  try network.program.verify()
  try schedule.verify()
  stageEnded("judge")
  print("  once more: \(stages.joined(separator: ", ")) ms")

  var times: [String] = []
  for verifies in [true, false] {
    compiler.verifiesProgram = verifies
    let time = try ContinuousClock().measure {
      for _ in 0..<runs { _ = try compiler.compile(model) }
    }
    times.append("\((time / runs) / .milliseconds(1)) ms")
  }
  print("  again and again: \(times[0]), \(times[1]) without the judge")
}
