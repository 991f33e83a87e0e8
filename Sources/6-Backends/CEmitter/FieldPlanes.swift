import IntegerProgram
import Numbers

/// A layer's weights as a processor reads them (`st_processor.h`): of groups of four outputs, and of single ones behind the last
/// whole group, the words of each plane, the group's outputs side by side.
///
/// A plane holds some digits of every weight, 1, 2, 4 or 8 bits of it, so that fields fill words whatever the width: weights of 5
/// bits are a plane of 1 and one of 4. Digits are those of weight + 2^(bits - 1), which is not negative; weights of 16 bits are
/// themselves.
struct FieldPlanes {
  struct Plane: Hashable {
    var bits: Int
    /// The weight of its lowest digit as a power of two.
    var shift: Int

    /// Words for `operands` weights of an output.
    func words(_ operands: Int) -> Int { (operands * bits + 31) / 32 }
  }

  /// Of each weight.
  let bits: Int
  let planes: [Plane]
  private(set) var words: [UInt32] = []

  static func planes(bits: Int) -> [Plane] {
    var planes: [Plane] = []
    for width in [1, 2, 4, 8, 16] where bits & width != 0 {
      planes.append(Plane(bits: width, shift: planes.reduce(0) { $0 + $1.bits }))
    }
    return planes
  }

  /// What is added to every weight.
  static func excess(bits: Int) -> Int64 { bits == 16 ? 0 : 1 << Int64(bits - 1) }

  init(_ layer: LinearInstruction) {
    bits = layer.weightType.bits
    planes = Self.planes(bits: bits)
    let outputs = layer.shape.output.channels
    let perGroup = outputs / layer.groups
    let operands = layer.weights.count / outputs
    for group in 0..<layer.groups {
      var first = 0
      while first < perGroup {
        let count = first + 4 <= perGroup ? 4 : 1
        for plane in planes {
          for word in 0..<plane.words(operands) {
            for output in first..<first + count {
              let fields = 32 / plane.bits
              words.append(
                self.word(
                  plane,
                  (word * fields..<min((word + 1) * fields, operands)).map {
                    layer.weights[$0 * outputs + group * perGroup + output]
                  }))
            }
          }
        }
        first += count
      }
    }
  }

  /// Operands of even and of odd places in the low and in the high half.
  private func word(_ plane: Plane, _ weights: [Int64]) -> UInt32 {
    var word: UInt32 = 0
    for (place, weight) in weights.enumerated() {
      let digits =
        UInt32(truncatingIfNeeded: (weight + Self.excess(bits: bits)) >> Int64(plane.shift))
        & (UInt32.max >> UInt32(32 - plane.bits))
      word |= digits << UInt32(place % 2 * 16 + place / 2 * plane.bits)
    }
    return word
  }
}

extension LinearInstruction {
  /// Sets of input channels that outputs share.
  var groups: Int { shape.engine.reduction == .ownChannel ? shape.input.channels : shape.groups }
}
