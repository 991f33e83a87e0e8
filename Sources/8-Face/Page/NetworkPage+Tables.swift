import Presentation

extension NetworkPage {
  func writeRooflines(to markup: inout Markup) {
    guard let bus = rooflines.first?.busBytesPerCycle else {
      markup.element("p", "No layer runs on an engine.")
      return
    }
    markup.element(
      "p",
      """
      No layer can be above its roof: multipliers times products of its mode (level), or the bus of \(bus) bytes per cycle \
      (slope). The bus reads and writes at the same time; bytes are those of the busier way. Cycles are simulated, with \
      double buffering. Numbers are those of the table; layers of one speed share a point.
      """)
    var first = 1
    for roofline in rooflines {
      markup.element("h3", roofline.engine)
      markup.element("div", ["class": "scroll"]) { RooflineSVG(roofline, firstNumber: first).write(to: &$0) }
      let rows = roofline.points.enumerated().map { index, point in
        let limits = (bus: roofline.busLimit(of: point), multipliers: roofline.multiplierLimit(of: point))
        let limit = min(limits.bus, limits.multipliers)
        return [
          "\(first + index)", point.layer, point.mode, fixed(point.intensity, decimals: 2),
          fixed(point.macsPerCycle, decimals: 2), fixed(limit, decimals: 2),
          limits.bus < limits.multipliers ? "bus" : "multipliers",
          "\(fixed(limit > 0 ? point.macsPerCycle / limit * 100 : 0, decimals: 0)) %",
        ]
      }
      TextTable(
        columns: [
          .number("no."), .name("layer"), .text("mode"), .number("macs per byte"), .number("macs per cycle"),
          .number("roof", isWide: true), .text("set by", isWide: true), .number("reached"),
        ], rows: rows
      ).write(to: &markup)
      first += roofline.points.count
    }
  }

  func writeProofs(to markup: inout Markup) {
    let open = proofs.filter { $0.proved < $0.channels }
    markup.element("p") { markup in
      if open.isEmpty {
        markup.element("span", ["class": "good"], "All proved.")
        markup.write(
          """
           For every channel the integer function equals the trained network's on every accumulator that weights and \
          inputs can reach.
          """
        )
      } else {
        markup.element("span", ["class": "bad"], "Not proved: \(open.map(\.layer).joined(separator: ", ")).")
      }
    }
    TextTable(
      columns: [.name("requantization"), .number("channels"), .number("proved")],
      rows: proofs.map { [$0.layer, grouped($0.channels), grouped($0.proved)] }
    ).write(to: &markup)
    markup.element("h3", "Accumulators")
    markup.element(
      "p",
      """
      What they can reach with the weights as they are and any input: the narrowest type that never overflows. QTools \
      gives a width without looking at the weights; saved is what it has more.
      """
    )
    TextTable(
      columns: [
        .name("layer"), .text("engine", isWide: true), .text("activation x weight"), .number("lowest"),
        .number("highest"), .text("type"), .number("QTools bits"), .number("saved"),
      ],
      rows: accumulators.map { accumulator in
        let operands = accumulator.activationBits.flatMap { activation in
          accumulator.weightBits.map { "\(activation) x \($0) bits" }
        }
        return [
          accumulator.layer, accumulator.engine ?? "", operands ?? "", grouped(Int(accumulator.lowest)),
          grouped(Int(accumulator.highest)), accumulator.type, accumulator.estimatedBits.map { "\($0)" } ?? "",
          accumulator.estimatedBits.map { "\($0 - accumulator.bits)" } ?? "",
        ]
      }
    ).write(to: &markup)
  }

  func writeTypes(to markup: inout Markup) {
    markup.element("p", "Tensors of the program: value = scale x (code - zero point).")
    TextTable(
      columns: [
        .name("tensor"), .text("shape"), .text("type"), .number("codes", isWide: true),
        .number("zero point", isWide: true), .text("scale"),
      ],
      rows: tensors.map { tensor in
        [
          tensor.name, tensor.shape.map(String.init).joined(separator: "x"), tensor.type,
          "\(grouped(Int(tensor.lowest))) to \(grouped(Int(tensor.highest)))", grouped(Int(tensor.zeroPoint)),
          Self.scales(tensor.scales),
        ]
      }
    ).write(to: &markup)
  }

  private static func scales(_ scales: [Double]) -> String {
    guard let least = scales.min(), let most = scales.max() else { return "" }
    return least == most
      ? significant(least) : "\(significant(least)) to \(significant(most)), per channel"
  }
}
