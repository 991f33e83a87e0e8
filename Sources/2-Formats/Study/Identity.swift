import Diagnostics

/// What work in a file was made with, name by name: to go on with it, all of it has to be the same. Each name once.
package struct Identity: Sendable {
  package let entries: [(name: String, value: String)]

  package init(_ entries: [(name: String, value: String)]) { self.entries = entries }

  private func value(_ name: String) -> String? { entries.first { $0.name == name }?.value }

  /// - Parameter fix: what the user may do.
  package func differences(to wanted: Identity, file: String, fix: String) -> [Diagnostic] {
    let names = entries.map(\.name) + wanted.entries.map(\.name).filter { value($0) == nil }
    return names.compactMap { name in
      let found: String
      switch (value(name), wanted.value(name)) {
      case (let had?, let has?) where had == has: return nil
      case (let had?, let has?): found = "was made with \(name) \(had), not \(has)"
      case (let had?, nil): found = "was made with \(name) \(had), not without"
      case (nil, let has): found = "was made without \(name), not with \(has ?? "")"
      }
      return Diagnostic(found, at: .init(file: file), fix: fix)
    }
  }
}
