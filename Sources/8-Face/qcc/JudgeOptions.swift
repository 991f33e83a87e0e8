import ArgumentParser
import Compiler

/// What judges a network, and with how many threads.
struct JudgeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = Compiler.Options().target

  @Option(help: ArgumentHelp("Threads. Default: one per core.", valueName: "count"))
  var threads: Int?

  func validate() throws { try validateThreads(threads) }
}
