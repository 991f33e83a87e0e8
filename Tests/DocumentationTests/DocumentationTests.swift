import Foundation
import TestSupport
import Testing

/// What the pages say of the code is true. One test at a time: some write the README.
@Suite(.serialized) struct DocumentationTests {
  /// The README's table of layers and quantizers is the importer's. `QCC_BLESS=1` writes it.
  @Test func supportTableIsFresh() throws {
    let page = try Page("README.md")
    let start = try #require(page.text.range(of: "<!-- supported:.*?-->\n", options: .regularExpression))
    let end = try #require(page.text.range(of: "<!-- end of supported -->"))
    let fresh = page.text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: SupportTable.markdown)
    if Repository.isBlessing {
      if fresh != page.text { try page.replacing(fresh) }
    } else {
      #expect(fresh == page.text, "README.md is stale: run `QCC_BLESS=1 swift test --filter DocumentationTests`")
    }
  }

  /// Links and the paths in backquotes lead somewhere.
  @Test(arguments: Page.all)
  func pathsExist(name: String) throws {
    let page = try Page(name)
    let folder = name.split(separator: "/").dropLast().joined(separator: "/")
    for match in page.text.matches(of: /\]\(([\w\/.-]+\.md)\)/) {
      let path = folder.isEmpty ? String(match.1) : "\(folder)/\(match.1)"
      #expect(Page.exists(path), "\(name): no \(path)")
    }
    for match in page.text.matches(of: /`((Sources|Tests|Benchmarks|Runtime|scripts|testdata|docs)\/[\w\/.+-]*)`/) {
      #expect(Page.exists(String(match.1)), "\(name): no \(match.1)")
    }
  }

  /// The modules of docs/architecture.md and what each imports are those of Package.swift.
  @Test func modulesAreThoseOfThePackage() throws {
    var inPackage: [String: Set<String>] = [:]
    // An entry a piece: entries start lines of their own.
    for entry in try Page("Package.swift").text.split(separator: /\n +\.(?=\w+\()/) {
      // Benchmarks and test support are no modules of the compiler.
      guard let kind = entry.prefixMatch(of: /(?:target|systemLibrary|executableTarget)\(\s*name: "([\w-]+)"/),
        !entry.contains(/path: "(Tests|Benchmarks)/)
      else { continue }
      // Products of other packages are in docs/dependencies.md.
      let list = entry.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
      inPackage[String(kind.1)] = Set(list.matches(of: /"(\w+)"/).map { String($0.1) })
    }
    var onPage: [String: Set<String>] = [:]
    for row in try Page("docs/architecture.md").text.matches(of: /\n\| `([\w-]+)` \|[^|]*\|([^|]*)\|/) {
      onPage[String(row.1)] = Set(
        row.2.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
    }
    #expect(Set(inPackage.keys) == Set(onPage.keys))
    for (module, imports) in inPackage.sorted(by: { $0.key < $1.key }) {
      #expect(imports == onPage[module], "docs/architecture.md: \(module)")
    }
  }

  /// What the pages on adding things show fits the tree; `make check-adding` builds it too.
  @Test(arguments: ["operator", "quantizer"]) func patchesApply(name: String) throws {
    let result = try Shell.run("git apply --check Tests/Adding/\(name).patch", in: Repository.root.path)
    #expect(result.status == 0, "\(result.errors)")
  }

  /// Commands that the pages name are there, in the tree or in what qcc writes.
  @Test func makeTargetsExist() throws {
    let written = try Page("Sources/6-Backends/CEmitter/ProjectFiles.swift").text
    let makefile = try Page("Makefile").text + written.replacing("\n      ", with: "\n")
    for name in Page.all {
      for match in try Page(name).text.matches(of: /(?:`|    )make ([a-z-]+)/) {
        #expect(makefile.contains("\n\(match.1):"), "\(name): no 'make \(match.1)'")
      }
    }
  }
}
