// compile-bench model.h5 …: what the stages of the first compilation of a model take, and a compilation of its graph where the
// same compiler makes a hundred of them, with and without judging the programs once more, and with the proofs of the others, as
// a search over widths does.
import Backend
import CEmitter
import Compiler
import Diagnostics
import Frontends
import Lowering
import Passes
import Prover
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

  func again() throws -> String {
    let time = try ContinuousClock().measure {
      for _ in 0..<runs { _ = try compiler.compile(model) }
    }
    return "\((time / runs) / .milliseconds(1)) ms"
  }
  let judged = try again()
  compiler.verifiesProgram = false
  let unjudged = try again()
  compiler.memory = ProofMemory()
  print("  again and again: \(judged), \(unjudged) without the judge, \(try again()) and with all proofs known")
}
