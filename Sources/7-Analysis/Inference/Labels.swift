import Arrays
import Diagnostics
import QIR

/// The class of each sample, as a file says it.
package struct Labels: Sendable {
  package let classes: [Int]

  /// - Parameter output: the network's first, with a number for each class.
  /// - Throws: `Diagnostic` where the file cannot be read, has more or fewer labels than there are samples, or numbers that are
  ///   no classes of the network.
  package init(_ file: String, samples: Int, output: Node, fix: String?) throws {
    let location = Diagnostic.Location(file: file)
    let array = try ArrayFile.load(file)
    try require(
      array.values.count == samples, "\(array.values.count) labels for \(samples) samples", at: location,
      supported: "one class number per sample", fix: fix)
    let count = output.shape.elements
    try require(
      count > 1, "labels for the output '\(output.name)' of one number", at: location,
      supported: "outputs of a number for each class")
    let classes = array.values.map { Int(exactly: $0) ?? -1 }
    let odd = classes.indices.filter { !(0..<count).contains(classes[$0]) }
    guard let first = odd.first else {
      self.classes = classes
      return
    }
    let label = Int(exactly: array.values[first]).map(String.init) ?? "\(array.values[first])"
    throw Diagnostic(
      "label \(label) of sample \(first)" + (odd.count > 1 ? ", and \(odd.count - 1) more" : ""),
      at: location, supported: "integers from 0 to \(count - 1), the classes of output '\(output.name)'")
  }

  /// The part of the samples whose largest output is the one of their class.
  package func accuracy(of outputs: [[Double]]) -> Double {
    Double(zip(outputs, classes).count { largest($0) == $1 }) / Double(max(classes.count, 1))
  }
}

/// The class with the largest value.
package func largest(_ values: [Double]) -> Int { values.indices.max { values[$0] < values[$1] } ?? 0 }
