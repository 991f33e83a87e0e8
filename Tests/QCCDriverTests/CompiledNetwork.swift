import Compiler
import Frontends
import Verify

/// A network of `testdata` with the options of its checks.
struct CompiledNetwork {
  let name: String
  let compilation: Compilation

  init(_ name: String) throws {
    self.name = name
    compilation = try Compiler().compile(Frontends.read(TestFiles.network(name)))
  }

  func verify(_ change: (inout Verifier.Options) -> Void = { _ in }) throws -> VerifyReport {
    var options = Verifier.Options()
    options.emitted = false
    options.threads = 1
    change(&options)
    return try Verifier(compilation, options: options).report()
  }
}
