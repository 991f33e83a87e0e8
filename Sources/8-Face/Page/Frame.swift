import Presentation

/// What every page is made of: a heading, figures, and sections that its beginning links to.
struct Frame {
  struct Figure {
    var what: String
    var figure: String
    var more: String

    init(_ what: String, _ figure: String, _ more: String) {
      self.what = what
      self.figure = figure
      self.more = more
    }
  }

  struct Section {
    var id: String
    var title: String
    var write: (inout Markup) -> Void
  }

  var title: String
  var heading: String
  var summary: String
  var figures: [Figure]
  var sections: [Section]

  /// One HTML page that needs nothing else: no scripts, no fonts, no pictures from anywhere. It is XML, too. The same content
  /// is the same text.
  var html: String {
    var markup = Markup()
    markup.raw("<!DOCTYPE html>\n")
    markup.element("html", ["lang": "en"]) { markup in
      markup.element("head") { markup in
        markup.empty("meta", ["charset": "utf-8"])
        markup.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        markup.empty(
          "meta",
          ["http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"])
        markup.element("title", title)
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
    markup.element("h1", heading)
    markup.element("p", summary)
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

  private func writeFigures(to markup: inout Markup) {
    markup.element("dl", ["class": "figures"]) { markup in
      for figure in figures {
        markup.element("div") { markup in
          markup.element("dt", figure.what)
          markup.element("dd") { markup in
            markup.write(figure.figure)
            markup.element("small", figure.more)
          }
        }
      }
    }
    markup.newline()
  }
}

/// What colours of a picture mean.
func writeLegend(_ entries: [(fill: String, what: String)], to markup: inout Markup) {
  markup.element("ul", ["class": "legend"]) { markup in
    for (fill, what) in entries {
      markup.element("li") { markup in
        markup.element("svg", ["width": "11", "height": "11", "aria-hidden": "true"]) { markup in
          markup.empty("rect", ["class": "swatch \(fill)", "width": "11", "height": "11", "rx": "2"])
        }
        markup.write(what)
      }
    }
  }
  markup.newline()
}
