import Diagnostics
import Files
import HDF5
import Study
import Training
import Tuning

/// A training in an HDF5 file, written whole after every epoch: what it is of, what its epochs came to, and all numbers that it goes
/// on with. Texts are attributes, numbers are under `variables`, by number.
struct TuningFile: Sendable {
  let path: String
  /// What the training depends on.
  let identity: Identity

  /// The arrays of a variable.
  private static let arrays = ["values", "means", "squares", "best"]

  func write(_ checkpoint: Tuning.Checkpoint) throws {
    var output = H5Output()
    output.put(identity.entries.map(\.name), named: "names", at: "identity")
    for (number, entry) in identity.entries.enumerated() {
      output.put(entry.value, named: "value\(number)", at: "identity")
    }
    for epoch in checkpoint.epochs {
      let words = [epoch.trainingLoss, epoch.loss, epoch.agreement, epoch.seconds].map { $0.map { "\($0)" } ?? "" }
      output.put(words.joined(separator: " "), named: "result", at: "epochs/\(epoch.epoch)")
    }
    let state = checkpoint.state
    for (name, arrays) in zip(Self.arrays, [state.values, state.means, state.squares, checkpoint.best]) {
      for (number, array) in arrays.enumerated() {
        output.put(array, shape: [array.count], at: "variables/\(number)/\(name)")
      }
    }
    try OutputFile.write(output.bytes(file: path), to: path)
  }

  /// - Returns: nil where there is no file.
  /// - Throws: what is wrong with the file, every difference to what it was made with.
  func read() throws -> Tuning.Checkpoint? {
    guard InputFile.isOne(path) else { return nil }
    let root = try H5File(path).root
    guard let group = root.groupIfPresent("identity"), let names = try group.stringArray(attribute: "names") else {
      throw Diagnostic("is no training of qcc tune", at: .init(file: path), fix: "name another file for a new one")
    }
    let found = try names.enumerated().map { number, name in
      (name: name, value: try group.attribute("value\(number)") ?? "")
    }
    let differences = Identity(found).differences(
      to: identity, file: path, fix: "train with the same to go on, or name another file for a new training")
    if !differences.isEmpty { throw Diagnostics(differences) }
    let epochs = root.groupIfPresent("epochs")
    let variables = root.groupIfPresent("variables")
    func arrays(_ name: String) throws -> [[Float]] {
      try (0..<(variables?.groups.count ?? 0)).map { number in
        try variables?.group("\(number)").dataset(name).floats ?? []
      }
    }
    let state = try Self.arrays.map(arrays)
    return Tuning.Checkpoint(
      epochs: try (0..<(epochs?.groups.count ?? 0)).map { number in
        try epoch(number, epochs?.group("\(number)").attribute("result") ?? "")
      },
      state: .init(values: state[0], means: state[1], squares: state[2]), best: state[3])
  }

  private func epoch(_ number: Int, _ text: String) throws -> TuneReport.Epoch {
    let numbers = text.split(separator: " ", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 4, let loss = numbers[1], let agreement = numbers[2], let seconds = numbers[3] else {
      throw damaged
    }
    return TuneReport.Epoch(
      epoch: number, trainingLoss: numbers[0], loss: loss, agreement: agreement, seconds: seconds)
  }

  var damaged: Diagnostic {
    Diagnostic("is no whole training", at: .init(file: path), fix: "name another file for a new one")
  }
}
