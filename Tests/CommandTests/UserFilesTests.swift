import Foundation
import Numbers
import Testing
import TestSupport

/// Folders in which users work: what is not qcc's own is after every `compile -o` as it was. `make check-user-files` tries 50.
@Suite struct UserFilesTests {
  /// Links, permissions and contents by path; folders too.
  private static func snapshot(_ folder: String) -> [String: String] {
    var entries: [String: String] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      let whole = "\(folder)/\(path)"
      let attributes = try? FileManager.default.attributesOfItem(atPath: whole)
      let what =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: whole)).map { "link to \($0)" }
        ?? (try? Data(contentsOf: URL(filePath: whole))).map { "file \($0.base64EncodedString())" } ?? "folder"
      entries[path] = "\(what) \(what.hasPrefix("link") ? 0 : attributes?[.posixPermissions] as? Int ?? -1)"
    }
    return entries
  }

  private static let changes = [
    "mkdir -p .git/objects; echo ref > .git/HEAD", "mkdir -p src; echo 'int mine;' > src/mine.c",
    "echo notes > notes.txt",
    "mkdir -p docs; echo thesis > docs/thesis.tex", "mkdir -p include; touch include/st_config.h",
    "test -d src && echo '/* changed */' >> src/constants.c", "test -f Makefile && echo 'mine:' >> Makefile",
    "rm -rf Makefile; mkdir Makefile; touch Makefile/inside", "rm -rf README.txt; ln -s ../outside README.txt",
    "rm -rf runtime; ln -s ../elsewhere runtime", "rm -rf test; echo file > test", "rm -f src/constants.h include/*.h",
    "mkdir -p build/src; touch build/src/a.o", "rm -f .qcc-manifest", "chmod 600 Makefile README.txt",
    "echo mine > .qcc-manifest", "mkdir -p src; touch 'src/two\nlines' .hidden", "ln -s . itself",
    "rm -f .qcc-manifest; mkdir .qcc-manifest", "mkdir -p test/data; echo 1 > test/data/x.npy",
  ]

  @Test(arguments: 0..<Repository.tries(10)) func stay(_ number: Int) throws {
    let folder = try Folder()
    var random = SplitMix(seed: UInt64(number))
    let run = { (command: String) in try Command.run(command, in: folder.path) }
    let start = ["mkdir net", "\"$QCC\" compile $T/digits_dense.h5 -o net"][number % 2]
    let changes = (0...number % 5).map { _ in Self.changes[Int(random.next() % UInt64(Self.changes.count))] }
    _ = try run("--version; \(start); mkdir elsewhere; echo kept > outside; touch elsewhere/kept; cp -a net original")
    let changed = try Shell.run(changes.joined(separator: "\n"), in: folder.path + "/net")
    let network = number % 3 == 0 ? "digits_dense" : "digits_conv"
    let before = Self.snapshot(folder.path)
    let isForced = random.next() % 2 == 0
    let result = try run("compile $T/\(network).h5 -o net\(isForced ? " --force" : "")")
    let after = Self.snapshot(folder.path)
    let said = "\(changes) \(changed.errors) \(network) \(isForced): \(result.errors)"

    #expect(result.status == 0 || result.status == 1 && !isForced && result.errors.contains("error: net"), "\(said)")
    if result.status == 1 { #expect(before == after, "\(said)") }
    let original = Self.snapshot(folder.path + "/original")
    for (path, what) in before where original[path.replacingOccurrences(of: "net/", with: "")] != what {
      let backup = path.split(separator: "/").indices.reversed().lazy.map { end in
        var parts = path.split(separator: "/").map(String.init)
        parts[end] += ".bak"
        return parts.joined(separator: "/")
      }.first { after[$0] == what }
      #expect(after[path] == what || isForced && backup != nil || path == "net", "\(path) \(said)")
    }
    guard result.status == 0 else { return }
    #expect(!after.keys.contains { $0.contains("partial") }, "\(said)")
    let fresh = try run("compile $T/\(network).h5 -o fresh")
    #expect(fresh.status == 0)
    for (path, what) in Self.snapshot(folder.path + "/fresh") where what.hasPrefix("file") {
      #expect(after["net/\(path)"]?.prefix { $0 != " " } == what.prefix { $0 != " " }, "\(path) \(said)")
      #expect(after["net/\(path)"]?.split(separator: " ")[1] == what.split(separator: " ")[1], "\(path) \(said)")
    }
  }
}
