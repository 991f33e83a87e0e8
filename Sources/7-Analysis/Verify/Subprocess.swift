import Diagnostics
import Files
import Libc

/// Other programs, run to their end.
enum Subprocess {
  /// - Parameter folder: takes its temporary files, and `log`, what it prints.
  /// - Throws: `Diagnostic` with the first lines it printed where it fails.
  static func run(_ program: String, _ arguments: [String], folder: String, purpose: String) throws {
    let log = folder + "/log"
    let status: Int32
    do {
      // A compiler's temporary files go away with the folder, also where the compiler is ended.
      status = try ChildProcess(program, arguments, output: log, setting: ("TMPDIR", folder)).wait()
    } catch {
      throw Diagnostic("\(purpose): '\(program)' does not start: \(error)")
    }
    guard status == 0 else {
      let printed = (try? Folders.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let how = status & 0x7f == 0 ? "exit code \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
      var problem = Diagnostic("\(purpose): '\(program)' failed with \(how)")
      problem.quoted = printed.split(separator: "\n").prefix(5).map(String.init)
      throw problem
    }
  }

  /// The C compiler: `CC`, or the first of cc, gcc and clang in `PATH`; nil where there is none.
  static var compiler: String? {
    if let named = getenv("CC").map({ String(cString: $0) }), !named.isEmpty { return named }
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":")
    return ["cc", "gcc", "clang"].first { name in
      folders.contains { access("\($0)/\(name)", X_OK) == 0 }
    }
  }
}
