import ArgumentParser
import Presentation
import Targets

struct TargetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets",
    abstract: "Lists the accelerators, or explains one with the source of every constant.",
    discussion: """
      EXAMPLES
        qcc targets
        qcc targets stmac
        qcc targets mine.yaml
      """)

  @Argument(help: ArgumentHelp("A built-in target's name or a YAML file.", valueName: "name|file"))
  var target: String?

  func run() throws {
    let style = Terminal.standardOutput.style
    guard let target else {
      var table = Table(columns: [.init("target"), .init("what it is")])
      for name in TargetFile.builtinNames {
        table.append([.text(name), .text(try TargetFile.load(name).summary)])
      }
      print(table.text(style))
      return
    }
    let accelerator = try TargetFile.load(target)
    print("\(accelerator.name): \(accelerator.summary)".printable + "\n")
    var table = Table(columns: [.init("constant"), .init("value"), .init("origin")])
    for constant in accelerator.constants {
      let origin =
        switch constant.origin {
        case .source(let text): "source: \(text)"
        case .assumption(let text): "assumption: \(text)"
        }
      table.append([.text(constant.path), .text(constant.value), .text(origin)])
    }
    print(table.text(style))
  }
}
