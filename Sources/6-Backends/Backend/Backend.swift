import Diagnostics
import Schedule

/// Writes scheduled programs as projects of files that compute the same codes. Each project brings a bench that runs
/// samples and writes every tensor they make, so that any back end is held against the simulator in the same way.
package protocol Backend: Sendable {
  /// For people: `C`
  var name: String { get }

  /// The same schedule and vectors give the same bytes.
  ///
  /// - Parameter vectors: samples that the project carries with the codes they must give; asked for last, as they may take a while.
  /// - Throws: `Diagnostics` where the back end does not take the schedule.
  func project(_ schedule: Schedule, vectors: @autoclosure () -> TestVectors) throws(Diagnostics) -> Project

  /// - Parameter folder: where the project's files stand.
  func bench(of project: Project, in folder: String) -> Bench
}

/// How a project's bench is built, and how it runs the samples of a `BatchFile`.
package struct Bench: Sendable {
  /// A program that is found in `PATH`, and its arguments.
  package struct Command: Hashable, Sendable {
    package var program: String
    package var arguments: [String]

    package init(_ program: String, _ arguments: [String]) {
      self.program = program
      self.arguments = arguments
    }
  }

  package var build: [Command]
  /// Reads the inputs of samples from one file and writes their tensors to the other.
  package var run: @Sendable (_ input: String, _ output: String) -> Command

  package init(build: [Command], run: @escaping @Sendable (_ input: String, _ output: String) -> Command) {
    self.build = build
    self.run = run
  }
}
