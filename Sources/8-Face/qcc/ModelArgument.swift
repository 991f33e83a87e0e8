import ArgumentParser
import Frontends

/// The model that a command reads.
struct ModelArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The model: \(Frontends.description).", valueName: "model"),
    completion: .file(extensions: Frontends.suffixes))
  var path: String

  func validate() throws {
    guard !path.isEmpty else { throw ValidationError("The model has an empty name.") }
  }
}
