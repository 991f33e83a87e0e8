/// A type of numbers as QKeras' QTools writes it in its map.
package struct DataTypeEntry: Codable, Hashable, Sendable {
  /// Extents; of a bias one number. The batch is -1.
  package enum Shape: Hashable, Sendable, Codable {
    case size(Int)
    case extents([Int])
    /// What a batch normalization on a network input has there: a list of a shape whose batch is null.
    case listed([Int])

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let size = try? container.decode(Int.self) {
        self = .size(size)
      } else if let extents = try? container.decode([Int].self) {
        self = .extents(extents)
      } else {
        self = .listed(try container.decode([[Int?]].self).flatMap { $0.compactMap { $0 } })
      }
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .size(let size): try container.encode(size)
      case .extents(let extents): try container.encode(extents)
      case .listed(let extents): try container.encode([[nil] + extents.map { Int?.some($0) }])
      }
    }
  }

  /// `quantized_bits`, `floating_point`, …
  package var type: String
  package var bits: Int
  /// With the sign; absent for powers of two and floating point.
  package var integerBits: Int?
  package var isSigned: Bool?
  /// Of a power of two; -1 where there is none.
  package var largest: Double?
  /// Where there are two or three.
  package var values: [Int]?
  package var shape: Shape?
  /// The hardware that makes such numbers: `mul`, `shifter`, `mux`, `and`, `xor`, `add`.
  package var operation: String?

  private enum CodingKeys: String, CodingKey {
    case type = "quantizer_type"
    case bits
    case integerBits = "int_bits"
    case isSigned = "is_signed"
    case largest = "max_value"
    case values, shape
    case operation = "op_type"
  }
}

extension DataTypeEntry: CustomStringConvertible {
  /// `s16:7`: signed, 16 bits, 7 of them left of the binary point, the sign among them.
  package var description: String {
    switch (values, integerBits) {
    case ([0, 1]?, _): "0 1"
    case ([-1, 1]?, _): "-1 1"
    case (_?, _): "-1 0 1"
    case (nil, let integerBits?): "\(isSigned == true ? "s" : "u")\(bits):\(integerBits)"
    case (nil, nil): isSigned.map { "\($0 ? "±" : "")2^n \(bits)" } ?? "float\(bits)"
    }
  }
}
