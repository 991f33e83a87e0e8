import Presentation

extension NetworkPage {
  /// One HTML page that needs nothing else: no scripts, no fonts, no pictures from anywhere. It is XML, too. The same report
  /// is the same text.
  package func html() -> String {
    var markup = Markup()
    markup.raw("<!DOCTYPE html>\n")
    markup.element("html", ["lang": "en"]) { markup in
      markup.element("head") { markup in
        markup.empty("meta", ["charset": "utf-8"])
        markup.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        markup.empty(
          "meta",
          ["http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"])
        markup.element("title", "\(file) on \(target)")
        markup.newline()
        markup.element("style") { $0.raw(PageStyle.css) }
      }
      markup.newline()
      markup.element("body") { markup in markup.element("main") { write(to: &$0) } }
    }
    markup.newline()
    return markup.text
  }

  private func write(to markup: inout Markup) {
    let sections = sections
    markup.element("h1", file)
    markup.element("p", "Network \(name) on \(target): \(targetSummary)")
    writeFigures(to: &markup)
    markup.element("nav") { markup in
      for section in sections { markup.element("a", ["href": "#\(section.id)"], section.title) }
    }
    markup.newline()
    for section in sections {
      markup.element("section", ["id": section.id]) { markup in
        markup.element("h2", section.title)
        section.write(&markup)
      }
      markup.newline()
    }
    markup.element("footer", "Written by qcc.")
  }

  private struct Section {
    var id: String
    var title: String
    var write: (inout Markup) -> Void
  }

  private var sections: [Section] {
    [
      Section(id: "network", title: "Network") { writeNetwork(to: &$0) },
      Section(id: "bits", title: "Bits per layer") { writeBits(to: &$0) },
      Section(id: "cycles", title: "Tiles and cycles per layer") { writeCycles(to: &$0) },
      Section(id: "energy", title: "Energy per layer") { writeEnergy(to: &$0) },
      Section(id: "rooflines", title: "Rooflines") { writeRooflines(to: &$0) },
      Section(id: "proofs", title: "Proofs") { writeProofs(to: &$0) },
      Section(id: "types", title: "Data types") { writeTypes(to: &$0) },
    ]
  }

  private func writeFigures(to markup: inout Markup) {
    let channels = proofs.reduce(0) { $0 + $1.channels }
    let proved = proofs.reduce(0) { $0 + $1.proved }
    let figures = [
      (
        "parameters", grouped(summary.parameters),
        "\(grouped(summary.bits.parameters)) bits; feature maps: \(grouped(summary.bits.featureMaps))"
      ),
      ("multiply-accumulates", grouped(summary.macs), "per inference"),
      ("tiles", grouped(tiles.totals.tiles), "\(fixed(tiles.totals.speedup, decimals: 2))x ideal latency"),
      (
        "cycles", grouped(tiles.totals.cyclesReconfigurable),
        "\(fixed(tiles.totals.cycleSpeedup, decimals: 2))x faster than standard"
      ),
      (
        "energy", energy.hardwareTotal.map(Self.energy) ?? "-",
        "per inference; QTools: \(Self.energy(Double(energy.sum)))"
      ),
      ("proofs", "\(grouped(proved)) of \(grouped(channels))", "channels exact on every input"),
    ]
    markup.element("dl", ["class": "figures"]) { markup in
      for (what, figure, more) in figures {
        markup.element("div") { markup in
          markup.element("dt", what)
          markup.element("dd") { markup in
            markup.write(figure)
            markup.element("small", more)
          }
        }
      }
    }
    markup.newline()
  }
}
