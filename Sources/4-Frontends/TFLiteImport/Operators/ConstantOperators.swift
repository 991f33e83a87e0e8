import Diagnostics
import TFLite

/// What is known when the file is read: shapes, and the integers that a network computes of them. They are lists here, for the shape
/// of every result is in the file.
enum ConstantOperators {
  /// Those that are read only so; others are, where all that they read is constant.
  static let rows = [
    OperatorRow("SHAPE", notes: "and ADD, SUB, MUL and so on of its numbers", read: { try shape(&$0) }),
    OperatorRow(
      "CAST", "FLOOR_DIV", "REDUCE_PROD", notes: "of numbers that are known when the file is read",
      read: { reader in
        throw reader.problem(
          "what it reads is computed by the network", supported: "numbers that are known when the file is read")
      }),
  ]

  private typealias Function = @Sendable (inout OperatorReader) throws -> [Int]

  private static let functions: [String: Function] = [
    "ADD": { try elementwise(&$0) { $0 + $1 } },
    "SUB": { try elementwise(&$0) { $0 - $1 } },
    "MUL": { try elementwise(&$0) { $0 * $1 } },
    "MAXIMUM": { try elementwise(&$0) { max($0, $1) } },
    "MINIMUM": { try elementwise(&$0) { min($0, $1) } },
    "FLOOR_DIV": { try elementwise(&$0) { Int((Double($0) / Double($1)).rounded(.down)) } },
    "CAST": { try $0.list(0) }, "RESHAPE": { try $0.list(0) }, "SQUEEZE": { try $0.list(0) },
    "EXPAND_DIMS": { try $0.list(0) },
    "CONCATENATION": { try joined(&$0) }, "PACK": { try joined(&$0) },
    "REDUCE_PROD": { try product(&$0) },
    "GATHER": { try gather(&$0) },
    "SLICE": { try slice(&$0) },
    "STRIDED_SLICE": { reader in
      let numbers = try reader.list(0)
      return try reader.stridedPositions(of: [numbers.count])[0].map { numbers[$0] }
    },
  ]

  /// Whether the operator is one of constants, of which nothing but its result is left.
  static func read(_ reader: inout OperatorReader) throws -> Bool {
    guard let function = functions[reader.name] else { return false }
    let result = try reader.resultTensor()
    guard result.type == .int32 || result.type == .int64,
      try reader.op.inputs.indices.allSatisfy({ input in try reader.isConstant(input) })
    else { return false }
    for input in reader.op.inputs.indices {
      let shape = try reader.tensor(input).shape
      try reader.require(shape.count <= 1, "constants of shape \(shape)", supported: "numbers and lists of them")
    }
    try reader.produce(function(&reader))
    return true
  }

  private static func shape(_ reader: inout OperatorReader) throws {
    let isKnown = try reader.isConstant(0)
    try reader.produce(isKnown ? reader.tensor(0).shape : reader.anyMap(0).shape)
  }

  private static func elementwise(
    _ reader: inout OperatorReader, _ function: (Int, Int) -> Int
  ) throws -> [Int] {
    try reader.require(try reader.activation() == .none, "a fused activation", supported: "none")
    let (left, right) = (try reader.list(0), try reader.list(1))
    try reader.require(
      left.count == right.count || left.count == 1 || right.count == 1,
      "lists of \(left.count) and \(right.count) numbers",
      supported: "lists of one length")
    try reader.require(reader.name != "FLOOR_DIV" || !right.contains(0), "a division by 0")
    return (0..<(left.isEmpty || right.isEmpty ? 0 : max(left.count, right.count))).map {
      function(left[left.count == 1 ? 0 : $0], right[right.count == 1 ? 0 : $0])
    }
  }

  private static func joined(_ reader: inout OperatorReader) throws -> [Int] {
    _ = (reader.integer("axis"), reader.integer("values_count"))
    if reader.name == "CONCATENATION" {
      try reader.require(try reader.activation() == .none, "a fused activation", supported: "none")
    }
    var numbers: [Int] = []
    for input in reader.op.inputs.indices { numbers += try reader.list(input) }
    return numbers
  }

  private static func product(_ reader: inout OperatorReader) throws -> [Int] {
    _ = reader.flag("keep_dims")
    return [try reader.list(0).reduce(1) { Int(exactly: Double($0) * Double($1)) ?? .max }]
  }

  private static func gather(_ reader: inout OperatorReader) throws -> [Int] {
    try reader.require(
      reader.integer("axis") == 0 && reader.integer("batch_dims") == 0, "axes of a list", supported: "axis 0")
    let (numbers, positions) = (try reader.list(0), try reader.list(1))
    try reader.require(
      positions.allSatisfy(numbers.indices.contains), "positions \(positions) of \(numbers.count) numbers",
      supported: "positions in the list")
    return positions.map { numbers[$0] }
  }

  private static func slice(_ reader: inout OperatorReader) throws -> [Int] {
    let (numbers, begins, sizes) = (try reader.list(0), try reader.list(1), try reader.list(2))
    try reader.require(
      begins.count == 1 && sizes.count == 1 && (0...numbers.count).contains(begins[0])
        && sizes[0] <= numbers.count - begins[0] && sizes[0] >= -1,
      "a slice from \(begins) of sizes \(sizes) of \(numbers.count) numbers", supported: "slices inside of it")
    return Array(numbers[begins[0]...].prefix(sizes[0] < 0 ? numbers.count : sizes[0]))
  }
}
