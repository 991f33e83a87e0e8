/// The problems of a stage, collected so that a user sees all of them at once. It is thrown whole where at least one of
/// them is an error; nothing here prints.
package struct Diagnostics: Error, Sendable, CustomStringConvertible {
  package private(set) var all: [Diagnostic] = []

  package init(_ all: [Diagnostic] = []) {
    self.all = all
  }

  package var errors: [Diagnostic] { all.filter { $0.severity == .error } }
  package var hasErrors: Bool { all.contains { $0.severity == .error } }

  package mutating func report(_ diagnostic: Diagnostic) {
    all.append(diagnostic)
  }

  package mutating func report(
    _ found: String, at location: Diagnostic.Location = .init(), supported: String? = nil, fix: String? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    report(Diagnostic(found, at: location, supported: supported, fix: fix, severity: severity))
  }

  package mutating func report(contentsOf others: Diagnostics) {
    all += others.all
  }

  /// What a step threw, at a place where none is said.
  package mutating func report(thrown error: any Error, at location: Diagnostic.Location = .init()) {
    switch error {
    case is Skipped: break
    case let problem as Diagnostic: report(problem)
    case let problems as Diagnostics: report(contentsOf: problems)
    default: report("\(error)", at: location)
    }
  }

  /// Runs `body`; what it throws is collected, and `nil` comes back in place of its result.
  package mutating func collecting<Result>(_ body: () throws -> Result) -> Result? {
    do {
      return try body()
    } catch {
      report(thrown: error)
      return nil
    }
  }

  /// The result of `body`; what it throws is thrown on as diagnostics.
  package static func collected<Result>(_ body: () throws -> Result) throws(Diagnostics) -> Result {
    var problems = Diagnostics()
    guard let result = problems.collecting(body) else { throw problems }
    return result
  }

  /// The same with a file where none is said.
  package func inFile(_ file: String?) -> Diagnostics {
    Diagnostics(
      all.map { problem in
        var located = problem
        located.location.file = located.location.file ?? file
        return located
      })
  }

  /// Throws all that was collected if an error is among it.
  package func throwIfErrors() throws(Diagnostics) {
    if hasErrors { throw self }
  }

  package var description: String {
    all.map(\.description).joined(separator: "\n")
  }
}

/// Thrown where the reason is already among the problems, or lies above in the network.
package struct Skipped: Error {
  package init() {}
}

/// What reads a part of a model step by step, so that a user sees the problems of all steps at once.
package protocol ProblemCollector {
  var problems: Diagnostics { get set }
  /// What problems are about where a step does not say it.
  var location: Diagnostic.Location { get }
}

extension ProblemCollector {
  /// Runs a step; what it throws is collected, and nil comes back in place of its result.
  @discardableResult
  package mutating func check<Result>(_ step: (inout Self) throws -> Result) -> Result? {
    do {
      return try step(&self)
    } catch {
      problems.report(thrown: error, at: location)
      return nil
    }
  }
}
