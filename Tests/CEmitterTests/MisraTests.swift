import Backend
import CEmitter
import Foundation
import IntegerProgramTestSupport
import Schedule
import Targets
import TestSupport
import Testing

/// Rules of MISRA C:2012 that emitted C breaks are those that docs/misra.md lists; `make check-c` looks at more projects.
@Suite struct MisraTests {
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cppcheck")))
  func brokenRulesAreListed() throws {
    let page = try String(contentsOf: Repository.root.appending(path: "docs/misra.md"), encoding: .utf8)
    let listed = Set(page.matches(of: /\n\| ([0-9]+\.[0-9]+) \|/).map { String($0.1) })
    #expect(listed.count > 10)
    let random = try RandomProgram.mixed(seed: 50).0
    let project = try CProject(
      CEmitter(network: "net").project(
        Schedule(random.program, for: TargetFile.load("cpu")), vectors: TestVectors()))
    let sources = project.project.files.map(\.path).filter { $0.hasSuffix(".c") && !$0.hasPrefix("test/") }
    let (_, output) = try project.run(
      "/usr/bin/cppcheck",
      ["-q", "--addon=misra", "--std=c99", "-Iinclude", "-Iruntime", "-Isrc"] + sources)
    let broken = Set(output.matches(of: /misra-c2012-([0-9]+\.[0-9]+)/).map { String($0.1) })
    #expect(!broken.isEmpty, "\(output)")
    for rule in broken.subtracting(listed) {
      Issue.record("rule \(rule): \(output.split(separator: "\n").first { $0.contains("misra-c2012-\(rule)]") } ?? "")")
    }
  }
}
