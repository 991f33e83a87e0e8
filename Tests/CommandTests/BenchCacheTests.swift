import TestSupport
import Testing

/// `verify` builds a network's bench once, as long as nothing that it follows from changes.
@Suite struct BenchCacheTests {
  /// A compiler that says in a file that it was asked.
  private let compiler = """
    mkdir -p cache; export XDG_CACHE_HOME=$PWD/cache CC=$PWD/compiler
    [ -e compiler ] || { printf '#!/bin/sh\\necho asked >>%s/asked\\nexec cc "$@"\\n' "$PWD" >compiler; chmod +x compiler; }
    """

  private func verify(_ network: String, in folder: String, before: String = "true") throws -> Int {
    let verified = try Command.run("verify $T/\(network) --samples 4", in: folder, before: "\(compiler)\n\(before)")
    #expect(verified.status == 0 && verified.output.contains("bit-exact"), "\(verified.errors)")
    return try Shell.run("grep -c asked asked", in: folder).output.split(separator: "\n").first.flatMap { Int($0) } ?? 0
  }

  @Test func benchesAreBuiltOnce() throws {
    try Folder.with { folder in
      try #expect(verify("digits_dense.h5", in: folder) == 1)
      try #expect(verify("digits_dense.h5", in: folder) == 1)
      try #expect(verify("digits_conv.h5", in: folder) == 2)
      try #expect(verify("digits_dense.h5", in: folder) == 2)
      try #expect(verify("digits_dense.h5", in: folder, before: "echo '#' >>compiler") == 3)
    }
  }

  /// In a folder that others can write to might stand anything.
  @Test func foldersOfOthersAreNotTrusted() throws {
    try Folder.with { folder in
      try #expect(verify("digits_dense.h5", in: folder) == 1)
      try #expect(verify("digits_dense.h5", in: folder, before: "chmod 777 cache/qcc") == 2)
    }
  }
}
