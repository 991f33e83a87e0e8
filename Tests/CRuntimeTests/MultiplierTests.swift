import CRuntime
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
}
