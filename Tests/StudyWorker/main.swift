import Study

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A process that takes part in a study, as tests need them: `study-worker PATH WORK COUNT`. Prints a line as soon as
/// something is done; what a study throws goes to the other stream.
let (path, work, count) = (CommandLine.arguments[1], CommandLine.arguments[2], Int(CommandLine.arguments[3]) ?? 0)

func say(_ line: String, on stream: Int32 = STDOUT_FILENO) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(stream, bytes, bytes.count)
}

func trial(_ number: Int) -> Study.Trial { ("trial \(number)", "test", Array("payload \(number)".utf8)) }

/// Something that depends on the trial alone, 1 KB long.
func evaluate(_ trial: Study.Trial) -> [UInt8] {
  trial.payload + [UInt8](repeating: trial.payload.last ?? 0, count: 1000)
}

do {
  let study = try Study(path, identity: [("count", "\(count)")])
  switch work {
  // Claims and records until there is nothing left.
  case "record":
    let trials = (0..<count).map(trial)
    while let index = try study.claim(oneOf: trials) {
      try study.record(trials[index].key, result: evaluate(trials[index]), seconds: 0)
      say(trials[index].key)
    }
  // Claims all and keeps them.
  case "hold":
    while let index = try study.claim(oneOf: (0..<count).map(trial)) { say("trial \(index)") }
    say("\(getpid()) holds them")
    while true { sleep(60) }
  // A method that makes its next trials from the results of those before.
  case "search":
    var sum = 0
    for _ in 0..<count {
      let batch = (0..<5).map { trial(sum + $0) }
      let results = try study.results(of: batch) { trial in
        usleep(.random(in: 0...2000))
        return evaluate(trial)
      }
      sum = results.reduce(sum) { sum, result in result.reduce(sum) { ($0 * 31 + Int($1)) % 1_000_003 } }
      say("\(sum)")
    }
  case "list":
    for entry in try study.results() { say(entry.key) }
  default: fatalError("no work: \(work)")
  }
} catch {
  say("\(error)", on: STDERR_FILENO)
  exit(1)
}
