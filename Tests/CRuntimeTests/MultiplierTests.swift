import CRuntime
import Numbers
import Testing

/// The Sum-Together multiplier against products of the operands it was given.
@Suite struct MultiplierTests {
  static let modes: [(mode: st_mode, lanes: Int)] = [
    (ST_16X16, 1), (ST_16X8, 1), (ST_8X8, 2), (ST_8X4, 2), (ST_4X4, 4),
  ]

  @Test(arguments: 0..<5)
  func sumsProducts(mode: Int) {
    let (mode, lanes) = Self.modes[mode]
    #expect(st_lanes(mode) == lanes)
    let bits = 16 / lanes
    let extremes = [-(1 << (bits - 1)), (1 << (bits - 1)) - 1, -1, 0, 1]
    var random = SystemRandomNumberGenerator()
    for round in 0..<2000 {
      let operands = (0..<2 * lanes).map { _ in
        round < 500 ? extremes.randomElement(using: &random) ?? 0 : Int.random(in: extremes[0]...extremes[1])
      }
      let ports = [operands.prefix(lanes), operands.suffix(lanes)].map { port in
        port.enumerated().reduce(UInt16(0)) { word, operand in
          word | st_place(Int32(operand.element), Int32(operand.offset), Int32(lanes))
        }
      }
      let expected = (0..<lanes).reduce(0) { $0 + operands[$1] * operands[lanes + $1] }
      #expect(Int(st_mac(ports[0], ports[1], mode)) == expected, "\(operands)")
    }
  }

  /// The array for hardware, on every pair of operands of 4 and of 8 bits in every lane, others at random. On all pairs of ports:
  /// `make check-multiplier`.
  @Test(arguments: [ST_16X16, ST_8X8, ST_4X4])
  func arrayIsTheMultiplier(mode: st_mode) {
    let lanes = st_lanes(mode)
    let bits = min(16 / Int(lanes), 8)
    var random = SplitMix(seed: UInt64(lanes))
    var differences = 0
    for lane in 0..<lanes {
      for pair in 0..<1 << (2 * bits) {
        let kept = st_place(-1, lane, lanes)
        let a = UInt16(truncatingIfNeeded: random.next()) & ~kept | st_place(Int32(pair & (1 << bits - 1)), lane, lanes)
        let b = UInt16(truncatingIfNeeded: random.next()) & ~kept | st_place(Int32(pair >> bits), lane, lanes)
        let reversed = (0..<lanes).reduce(UInt16(0)) { $0 | st_place(st_lane(b, $1, lanes), lanes - 1 - $1, lanes) }
        differences += st_array(a, reversed, lanes) == st_mac(a, b, mode) ? 0 : 1
      }
    }
    #expect(differences == 0)
  }

  @Test func arrayIsTheMultiplierAtExtremes() {
    let extremes: [UInt16] = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0x7f80, 0x807f, 0x5555, 0xaaaa, 0x7878, 0x8787]
    for a in extremes {
      for b in extremes { #expect(st_array(a, b, 1) == st_mac(a, b, ST_16X16), "\(a), \(b)") }
    }
  }
}
