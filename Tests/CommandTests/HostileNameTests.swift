import Foundation
import Testing
import TestSupport

/// Names in files that clear the screen, start lines of their own or turn the direction of writing.
@Suite struct HostileNameTests {
  /// A network one of whose layers is named `pointwise_`, the sequence that clears the screen, a line end and `b`.
  private func network(in folder: Folder) throws -> String {
    var bytes = try Data(contentsOf: URL(filePath: "\(Repository.testdata)/digits_conv_affine.h5"))
    let name = Data("pointwise_bn_quantized".utf8)
    let hostile = Data("pointwise_\\u001b[2J\\nb".utf8)
    try #require(name.count == hostile.count)
    while let place = bytes.range(of: name) { bytes.replaceSubrange(place, with: hostile) }
    try bytes.write(to: URL(filePath: folder.path + "/net.h5"))
    return folder.path
  }

  @Test(
    arguments: ["summary", "summary --qstats", "tile-report", "verify", "qtools", "energy", "memory"],
    ["text", "json", "csv"])
  func reachNoTerminal(_ command: String, _ format: String) throws {
    let folder = try Folder()
    let words = command.split(separator: " ", maxSplits: 1)
    let options = (words.dropFirst() + (command == "verify" ? ["--no-emitted"] : [])).joined(separator: " ")
    let result = try Command.run("\(words[0]) net.h5 \(options) --format \(format)", in: network(in: folder))
    #expect(result.status == 0, "\(result.errors)")
    #expect(!(result.output + result.errors).utf8.contains(0x1b))
    #expect(!result.output.split(separator: "\n").contains("b"))
  }

  @Test(arguments: [
    "summary $'no\\e[2J\\nfile.h5'", "summary $'--\\e[2J'", "targets $'a\\u202eb'", "compile net.h5 -o $'\\e[2J'",
  ])
  func inArguments(_ words: String) throws {
    let folder = try Folder()
    let result = try Shell.run(
      "/bin/bash", ["-c", "\"\(Command.binary)\" \(words)"], in: network(in: folder), environment: ["LC_ALL": "C.UTF-8"]
    )
    let scalars = (result.output + result.errors).unicodeScalars
    #expect(!scalars.isEmpty && !scalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    #expect(!scalars.contains("\u{202E}"))
  }
}
