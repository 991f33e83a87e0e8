import Backend
import CEmitter
import Foundation
import Testing
import TestSupport

/// An emitted project on disk, in a folder of its own that goes away with it.
final class CProject {
  private let folder: Folder
  let project: Project

  init(_ project: Project) throws {
    self.project = project
    folder = try Folder()
    for file in project.files {
      let url = url(file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.contents).write(to: url)
    }
  }

  /// Of a file in it.
  func url(_ file: String) -> URL { URL(filePath: "\(folder.path)/\(file)") }

  /// gcc, and clang where it stands on the machine.
  static let compilers = ["gcc", "clang"].filter { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }

  static let strict = [
    "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wsign-conversion",
  ]
  static let sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

  /// Compiles every source together, as one program. Warnings are errors; the linker's are not the project's.
  func compile(_ compiler: String, _ flags: [String], to program: String = "bench") throws {
    let sources = project.files.map(\.path).filter { $0.hasSuffix(".c") }
    let folders = ["include", "runtime", "src", "test"].map { "-I" + $0 }
    let (status, output) = try run("/usr/bin/env", [compiler] + flags + folders + sources + ["-o", program])
    let messages = output.split(separator: "\n").filter { !$0.contains("/ld") }.joined(separator: "\n")
    try #require(status == 0, "\(compiler): \(messages)")
  }

  /// Builds a program of the test's own over the network, in place of the bench's.
  func compile(_ source: String, as program: String, with compiler: String = "gcc", _ flags: [String]) throws {
    try Data(source.utf8).write(to: url(program + ".c"))
    let sources = project.files.map(\.path).filter { $0.hasSuffix(".c") && $0 != "test/testbench.c" }
    let folders = ["include", "runtime", "src", "test"].map { "-I" + $0 }
    let (status, output) = try run(
      "/usr/bin/env", [compiler, "-std=c99"] + flags + folders + sources + [program + ".c", "-o", program])
    try #require(status == 0, "\(output)")
  }

  func bench(_ arguments: [String] = [], program: String = "bench") throws -> (status: Int32, output: String) {
    try run(url(program).path, arguments)
  }

  func run(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let result = try Shell.run(executable, arguments, in: folder.path)
    return (result.status, result.output + result.errors)
  }
}
