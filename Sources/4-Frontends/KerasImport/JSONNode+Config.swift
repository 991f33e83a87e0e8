import Diagnostics
import JSON
import QIR

/// Accessors for what layer configurations hold, with bounds that keep later arithmetic far from overflow.
extension JSONNode {
  func int(_ key: String, default standard: Int? = nil, in range: ClosedRange<Int>) throws -> Int {
    guard let node = try memberIfPresent(key), !node.isNull || standard == nil else {
      if let standard { return standard }
      return try int(key)
    }
    return try node.int(in: range)
  }

  func int(in range: ClosedRange<Int>) throws -> Int {
    let value = try int()
    guard range.contains(value) else {
      throw problem("is \(value)", supported: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// True or false as Python takes it: also 1 and 0, and None for false.
  func flag(_ key: String, default standard: Bool) throws -> Bool {
    guard let node = try memberIfPresent(key) else { return standard }
    switch node.value {
    case .null, .int(0), .double(0): return false
    case .int(1), .double(1): return true
    default: return try node.bool()
    }
  }

  /// One number for both axes, or rows and columns.
  func extent(_ key: String, default standard: Extent? = nil) throws -> Extent {
    guard let node = try memberIfPresent(key), !node.isNull || standard == nil else {
      if let standard { return standard }
      throw try missing(key)
    }
    if case .array = node.value {
      let numbers = try node.array()
      guard numbers.count == 2 else { throw node.problem("has \(numbers.count) numbers", supported: "two") }
      return Extent(rows: try numbers[0].int(in: 1...65536), columns: try numbers[1].int(in: 1...65536))
    }
    let number = try node.int(in: 1...65536)
    return Extent(rows: number, columns: number)
  }

  /// A number, or an array of one.
  func length(_ key: String, default standard: Int? = nil) throws -> Int {
    guard let node = try memberIfPresent(key), !node.isNull || standard == nil else {
      if let standard { return standard }
      throw try missing(key)
    }
    if case .array = node.value {
      let numbers = try node.array()
      guard numbers.count == 1 else { throw node.problem("has \(numbers.count) numbers", supported: "one") }
      return try numbers[0].int(in: 1...65536)
    }
    return try node.int(in: 1...65536)
  }

  func requireChannelsLast() throws {
    guard let node = try memberIfPresent("data_format"), !node.isNull else { return }
    let format = try node.string()
    if format != "channels_last" {
      throw node.problem(
        "is '\(format)'", supported: "channels_last", fix: "build the model with data_format='channels_last'")
    }
  }

  private func missing(_ key: String) throws -> Diagnostic {
    _ = try member(key)
    return problem("has no key '\(key)'")
  }
}
