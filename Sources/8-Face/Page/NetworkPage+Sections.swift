import GraphDrawing
import Performance
import Presentation
import QTools

extension NetworkPage {
  func writeNetwork(to markup: inout Markup) {
    markup.element(
      "p",
      """
      What becomes one step on the accelerator is one box, functions and quantizers behind a layer included. Arrows carry \
      codes of the type and shape that stand beside them: s8 is a signed integer of 8 bits. Equal numbers in circles continue \
      one another.
      """)
    writeLegend(
      engines.map { (engineClass($0), "runs on \($0)") } + [("other", "outside the engines")], to: &markup)
    markup.element("div", ["class": "scroll"]) { markup in
      markup.element("div", ["class": "network"]) { NetworkSVG(drawing).write(to: &$0) }
    }
  }

  func writeBits(to markup: inout Markup) {
    markup.element(
      "p", "Parameters times their widths, elements of quantized feature maps times theirs, and input elements times 8."
    )
    writeLegend([("conv", "parameters"), ("depthwise", "feature maps")], to: &markup)
    let layers = summary.layers.filter { $0.bits.total > 0 }
    BarTable(
      caption: "bits",
      columns: [.init("parameters"), .init("feature map"), .init("total", isWide: true)],
      rows: layers.map { layer in
        .init(
          name: layer.name,
          bar: [
            ("fill-conv", Double(layer.bits.parameters)), ("fill-depthwise", Double(layer.bits.featureMaps)),
          ],
          cells: [layer.bits.parameters, layer.bits.featureMaps, layer.bits.total].map { $0 > 0 ? grouped($0) : "" })
      },
      totals: [summary.bits.parameters, summary.bits.featureMaps, summary.bits.total].map(grouped)
    ).write(to: &markup)
  }

  func writeCycles(to markup: inout Markup) {
    markup.element(
      "p",
      """
      With double buffering, on standard multipliers (above) and on Sum-Together multipliers in each layer's mode \
      (below). Use is the part of the products that the multipliers could have made and the layer needed.
      """)
    writeLegend(
      [("soft", "standard")] + engines.map { (engineClass($0), "Sum-Together, \($0)") }, to: &markup)
    BarTable(
      caption: "cycles",
      columns: [
        .init("mode", isNumber: false), .init("tiles"), .init("standard", isWide: true),
        .init("Sum-Together"), .init("speedup"), .init("use", isWide: true),
      ],
      rows: tiles.layers.map { layer in
        .init(
          name: layer.name, bar: [("fill-soft", Double(layer.cyclesStandard))],
          second: [("fill-\(engineClass(layer.engine))", Double(layer.cyclesReconfigurable))],
          cells: [
            layer.mode, grouped(layer.tiles), grouped(layer.cyclesStandard), grouped(layer.cyclesReconfigurable),
            "\(fixed(Double(layer.cyclesStandard) / Double(max(layer.cyclesReconfigurable, 1)), decimals: 2))x",
            "\(fixed(layer.utilization * 100, decimals: 0)) %",
          ])
      },
      totals: [
        "", grouped(tiles.totals.tiles), grouped(tiles.totals.cyclesStandard),
        grouped(tiles.totals.cyclesReconfigurable), "\(fixed(tiles.totals.cycleSpeedup, decimals: 2))x", "",
      ]
    ).write(to: &markup)
  }

  func writeEnergy(to markup: inout Markup) {
    markup.element(
      "p",
      """
      In pJ for one inference, in the 45 nm process of Horowitz as QKeras has it. Above QTools' estimate, from the data types \
      alone; below what the tile plan does on the accelerator: bytes over the bus, every input as often as tiles read it, \
      and products in each layer's mode.
      """)
    let parts: [(String, String, (LayerEnergy) -> Double)] = [
      ("conv", "inputs", \.inputs), ("dense", "parameters", \.parameters), ("depthwise", "outputs", \.outputs),
      ("other", "operations", \.operations),
    ]
    writeLegend(
      [("soft", "QTools")] + parts.map { (fill: $0.0, what: "Sum-Together: \($0.1)") }, to: &markup)
    let layers = energy.layers.filter { $0.counted > 0 || $0.hardware != nil }
    BarTable(
      caption: "pJ",
      columns: [
        .init("QTools"), .init("Sum-Together"), .init("operations", isWide: true),
        .init("bytes moved", isWide: true),
      ],
      rows: layers.map { layer in
        .init(
          name: layer.name, bar: [("fill-soft", layer.counted)],
          second: layer.hardware.map { hardware in parts.map { ("fill-\($0.0)", $0.2(hardware.energy)) } } ?? [],
          cells: [
            fixed(layer.counted, decimals: 0), layer.hardware.map { fixed($0.energy.total, decimals: 0) } ?? "",
            layer.hardware.map { fixed($0.energy.operations, decimals: 0) } ?? "",
            layer.hardware.map { grouped($0.bytes.total) } ?? "",
          ])
      },
      totals: [
        fixed(energy.layers.reduce(0) { $0 + $1.counted }, decimals: 0),
        energy.hardwareTotal.map { fixed($0, decimals: 0) } ?? "",
        fixed(energy.layers.reduce(0) { $0 + ($1.hardware?.energy.operations ?? 0) }, decimals: 0),
        grouped(energy.layers.reduce(0) { $0 + ($1.hardware?.bytes.total ?? 0) }),
      ]
    ).write(to: &markup)
  }

  /// pJ with a unit that keeps the number short.
  static func energy(_ picojoules: Double) -> String {
    switch picojoules {
    case ..<10_000: "\(fixed(picojoules, decimals: 0)) pJ"
    case ..<10_000_000: "\(significant(picojoules / 1000)) nJ"
    default: "\(significant(picojoules / 1_000_000)) µJ"
    }
  }

  /// Those that run a layer.
  private var engines: [String] {
    let used: Set<String> = Set(tiles.layers.map(\.engine))
    return ["2DConv", "DWConv", "FC"].filter { used.contains($0) }
  }

  func writeMemory(to markup: inout Markup) {
    markup.element(
      "p",
      """
      In bytes. Constants may stand in flash, static arrays stand in RAM; no placement of feature maps takes less than what lives \
      at once. Code and stack are the C compiler's: make stack in a project says how deep that gets at most.
      """)
    TextTable(
      columns: [.name(""), .text("")] + memory.targets.map { .number($0.target) },
      rows: memory.rows.map { row in [row.kind, row.name] + row.bytes.map { $0.map(grouped) ?? "" } }
    ).write(to: &markup)
  }

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
