import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A page that is XML, read by Foundation's parser: what its elements say and refer to.
package final class ParsedPage: NSObject, XMLParserDelegate {
  /// Text of each element, by name, in the page's order; that of elements within included.
  package private(set) var texts: [String: [String]] = [:]
  /// Values of attributes by name.
  package private(set) var attributes: [String: [String]] = [:]
  /// What the parser objects to.
  package private(set) var problem: String?
  private var open: [(name: String, text: String)] = []

  package init(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    if !parser.parse() { problem = "\(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unreadable")" }
  }

  package func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes values: [String: String]
  ) {
    open.append((name, ""))
    for (key, value) in values { attributes[key, default: []].append(value) }
  }

  package func parser(_ parser: XMLParser, foundCharacters string: String) {
    for index in open.indices { open[index].text += string }
  }

  package func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    guard let last = open.popLast() else { return }
    texts[last.name, default: []].append(last.text)
  }
}
