import Diagnostics
import Files
import Frontends
import QIR

/// The user's own trainer: a command that reads a network from a file, trains it, and writes it to another.
package struct ExternalTrainer: Sendable {
  private let command: String

  /// - Parameter command: of a shell. `{in}` and `{out}` become names of QKeras files, `{in.onnx}` and `{out.onnx}` of QONNX ones,
  ///   `{epochs}` how many there are to be.
  package init(_ command: String) { self.command = command }

  /// What keeps it from being one.
  package var problem: String? {
    for name in ["in", "out"] where !names("\(name)") && !names("\(name).onnx") {
      return "has no {\(name)}: the command reads {in} and writes {out}"
    }
    return nil
  }

  /// - Throws: `Diagnostic` where the command fails or writes nothing, with the last that it said; `Diagnostics` where what it
  ///   wrote is no network.
  func train(_ network: Graph, epochs: Int) throws -> Graph {
    let folder = try Scratch.temporaryFolder()
    func file(_ name: String) -> String { "\(folder.path)/\(name).\(names("\(name).onnx") ? "onnx" : "h5")" }
    let (input, output) = (file("in"), file("out"))
    try OutputFile.write(network.bytes(for: input, style: .qonnx), to: input)
    let line = filled([
      ("in", input), ("in.onnx", input), ("out", output), ("out.onnx", output), ("epochs", "\(epochs)"),
    ])
    try run(line, log: "\(folder.path)/log")
    guard InputFile.isOne(output) else {
      throw Diagnostic("the trainer has written no {out}", fix: "write the trained network to the file that it names")
    }
    return try Frontends.read(output).graph
  }

  private func names(_ name: String) -> Bool { filled([(name, "")]) != command }

  /// The command with values in place of names in braces.
  private func filled(_ values: [(name: String, value: String)]) -> String {
    var (line, rest) = ("", Substring(command))
    while let first = rest.first {
      if let (name, value) = values.first(where: { rest.hasPrefix("{\($0.name)}") }) {
        line += value
        rest = rest.dropFirst(name.count + 2)
      } else {
        line.append(first)
        rest = rest.dropFirst()
      }
    }
    return line
  }

  private func run(_ line: String, log: String) throws {
    let status: Int32
    do {
      status = try ChildProcess("/bin/sh", ["-c", line], output: log).wait()
    } catch {
      throw Diagnostic("the trainer does not start: \(error)")
    }
    guard let how = ChildProcess.failure(status) else { return }
    var problem = Diagnostic("the trainer failed with \(how)")
    let printed = (try? InputFile(log).bytes(limit: .max)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    problem.quoted = printed.split(separator: "\n").suffix(Self.linesQuoted).map(String.init)
    throw problem
  }

  private static let linesQuoted = 8
}
