import ArgumentParser
import Plans

/// Widths in bits as an option takes them: `16,8,4`
struct Widths: ExpressibleByArgument {
  let bits: [Int]

  init(_ bits: [Int]) { self.bits = bits }

  init?(argument: String) {
    var bits: [Int] = []
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(word), WeightPlan.widths.contains(width), !bits.contains(width) else { return nil }
      bits.append(width)
    }
    self.bits = bits
  }

  var defaultValueDescription: String { bits.map(String.init).joined(separator: ",") }
}
