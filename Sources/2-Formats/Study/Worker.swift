import Files
import Libc

extension Study {
  /// One who takes part in a search. Its process is known well enough that others see at once that it is gone.
  package struct Worker: Hashable, Sendable {
    /// Of its own, also where one process has several.
    package let id: String
    /// A name for people.
    package let host: String
    /// What process numbers are counted in: a boot of a system, and a container in it. Empty where that is not known.
    package let system: String
    package let pid: Int
    /// When the process started, in ticks after the boot: a number may be given to another process later.
    package let started: Int

    package init(id: String, host: String, system: String, pid: Int, started: Int) {
      self.id = id
      self.host = host
      self.system = system
      self.pid = pid
      self.started = started
    }

    /// A new one in this process.
    package init() {
      var name = [CChar](repeating: 0, count: 256)
      gethostname(&name, name.count - 1)
      let pid = Int(getpid())
      self.init(
        id: String(UInt64.random(in: 0 ... .max), radix: 16),
        host: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
        system: Self.system, pid: pid, started: ProcessState(pid)?.started ?? 0)
    }

    /// The columns of a worker, from one on.
    init(_ row: SQLiteRow, from column: Int32) {
      self.init(
        id: row.text(column), host: row.text(column + 1), system: row.text(column + 2), pid: row.integer(column + 3),
        started: row.integer(column + 4))
    }

    /// Whether its process has certainly ended. Of a process on another system nobody knows.
    var isGone: Bool {
      guard !system.isEmpty, system == Self.system else { return false }
      if kill(pid_t(truncatingIfNeeded: pid), 0) != 0, errno == ESRCH { return true }
      // Processes of other users may be hidden.
      guard let state = ProcessState(pid) else { return false }
      return state.hasEnded || state.started != started
    }

    private static let system: String = {
      var namespace = [CChar](repeating: 0, count: 256)
      guard let boot = try? Folders.read("/proc/sys/kernel/random/boot_id"),
        readlink("/proc/self/ns/pid", &namespace, namespace.count - 1) > 0
      else { return "" }
      let number = namespace.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return String(decoding: boot.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) + " "
        + String(decoding: number, as: UTF8.self)
    }()
  }
}

/// What Linux says of a process in `/proc/…/stat` (proc(5)).
private struct ProcessState {
  /// It may not have been waited for yet.
  let hasEnded: Bool
  let started: Int

  init?(_ pid: Int) {
    guard let bytes = try? Folders.read("/proc/\(pid)/stat"), let name = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    // Behind the name, which may hold anything: the third field and those after it.
    let fields = bytes[(name + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard fields.count > 19, let started = Int(fields[19]) else { return nil }
    hasEnded = ["Z", "X"].contains(fields[0])
    self.started = started
  }
}
