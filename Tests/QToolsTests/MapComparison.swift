import JSON

/// Two maps, key by key and value by value; numbers as Python compares them (8 == 8.0, True == 1).
struct MapComparison {
  private(set) var differences: [String] = []

  init(_ found: JSONValue, _ expected: JSONValue) {
    compare(found, expected, "")
  }

  private mutating func compare(_ found: JSONValue, _ expected: JSONValue, _ path: String) {
    switch (found, expected) {
    case (.object(let ours), .object(let theirs)):
      for key in Set(ours.map(\.key) + theirs.map(\.key)).sorted() {
        switch (found[key], expected[key]) {
        case (let one?, let other?):
          if key == "input_quantizer_list" {
            compareInputs(one, other, "\(path)/\(key)")
          } else if key == "int_bits", case .array(let channels) = other {
            // One number per channel of an adaptive quantizer: the largest holds all.
            compare(one, .double(channels.compactMap(\.number).max() ?? .nan), "\(path)/\(key)")
          } else {
            compare(one, other, "\(path)/\(key)")
          }
        case (nil, _): differences.append("\(path)/\(key) is missing")
        case (_, nil): differences.append("\(path)/\(key) is not in QKeras' map")
        }
      }
    case (.array(let ours), .array(let theirs)):
      guard ours.count == theirs.count else {
        differences.append("\(path): \(ours.count) entries, not \(theirs.count)")
        return
      }
      for index in ours.indices { compare(ours[index], theirs[index], "\(path)[\(index)]") }
    default:
      let isSame = found.number.map { $0 == expected.number } ?? (found == expected)
      if !isSame { differences.append("\(path) is \(found), not \(expected)") }
    }
  }

  /// QKeras takes the inputs of a merging layer from a Python set: their order differs from run to run.
  private mutating func compareInputs(_ found: JSONValue, _ expected: JSONValue, _ path: String) {
    guard case .array(let ours) = found, case .array(var theirs) = expected, ours.count == theirs.count else {
      differences.append("\(path) has other entries")
      return
    }
    for (index, input) in ours.enumerated() {
      let match = theirs.firstIndex { MapComparison(input, $0).differences.isEmpty }
      if let match { theirs.remove(at: match) } else { compare(input, theirs[0], "\(path)[\(index)]") }
    }
  }
}
