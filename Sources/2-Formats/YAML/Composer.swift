import CYAML
import Diagnostics

/// Makes the nodes of a document from libyaml's events.
struct Composer: ~Copyable {
  /// libyaml keeps its address.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let bytes: UnsafeBufferPointer<UInt8>
  private let file: String
  private var anchors: [String: YAMLNode] = [:]
  private var depth = 0

  /// - Parameter bytes: in UTF-8, there for as long as the composer is.
  init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) {
    self.bytes = bytes
    self.file = file
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    precondition(yaml_parser_initialize(parser) == 1, "there is memory for a parser")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The one document of the text; nil where it holds none.
  mutating func document() throws(Diagnostic) -> YAMLNode? {
    _ = try next()
    guard case .documentStart = try next().kind else { return nil }
    let root = try node(try next())
    _ = try next()
    let end = try next()
    guard case .streamEnd = end.kind else {
      throw problem(
        "composer", "expected a single document in the stream in line 1, column 1 but found another document",
        at: end.mark)
    }
    return root
  }

  private mutating func node(_ event: Event) throws(Diagnostic) -> YAMLNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= YAMLNode.Limits.depth else {
      throw problem("composer", "more than \(YAMLNode.Limits.depth) levels", at: event.mark)
    }
    let node: YAMLNode
    switch event.kind {
    case .scalar(let text): node = YAMLNode(content: .scalar(text), line: event.mark.line, size: 1)
    case .sequenceStart: node = try sequence(event)
    case .mappingStart: node = try mapping(event)
    case .alias(let name):
      guard let known = anchors[name] else { throw problem("composer", "found undefined alias", at: event.mark) }
      return known
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      preconditionFailure("libyaml's events are nested")
    }
    guard node.size <= YAMLNode.Limits.size else {
      throw problem("composer", "more than \(YAMLNode.Limits.size) values", at: event.mark)
    }
    if let anchor = event.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func sequence(_ start: Event) throws(Diagnostic) -> YAMLNode {
    var items: [YAMLNode] = []
    var event = try next()
    while true {
      if case .sequenceEnd = event.kind { break }
      items.append(try node(event))
      event = try next()
    }
    return YAMLNode(content: .sequence(items), line: start.mark.line, size: items.reduce(1) { $0 + $1.size })
  }

  private mutating func mapping(_ start: Event) throws(Diagnostic) -> YAMLNode {
    var members: [YAMLNode.Member] = []
    var seen: Set<String> = []
    var event = try next()
    while true {
      if case .mappingEnd = event.kind { break }
      let key = try node(event)
      if let text = key.text, !seen.insert(text).inserted {
        throw problem("composer", "the key '\(text)' stands twice", at: event.mark)
      }
      members.append(.init(key: key, value: try node(try next())))
      event = try next()
    }
    let size = members.reduce(1) { $0 + $1.key.size + $1.value.size }
    return YAMLNode(content: .mapping(members), line: start.mark.line, size: size)
  }

  private mutating func next() throws(Diagnostic) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw parserProblem }
    defer { yaml_event_delete(&event) }
    return Event(event)
  }

  // MARK: Messages

  /// What libyaml objects to.
  private var parserProblem: Diagnostic {
    let found = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    let place = Mark(parser.pointee.context_mark)
    let context = parser.pointee.context.map {
      "\(String(cString: $0)) in line \(place.line), column \(place.column) "
    }
    switch parser.pointee.error {
    case YAML_READER_ERROR:
      return problem("reader", found, at: Mark(offset: parser.pointee.problem_offset, in: bytes))
    case YAML_SCANNER_ERROR: return problem("scanner", (context ?? "") + found, at: Mark(parser.pointee.problem_mark))
    default: return problem("parser", (context ?? "") + found, at: Mark(parser.pointee.problem_mark))
    }
  }

  /// With the line it is in and an arrow under the column.
  private func problem(_ stage: String, _ found: String, at mark: Mark) -> Diagnostic {
    let newline = UInt8(ascii: "\n")
    let text = bytes.last == newline ? bytes.dropLast() : bytes[...]
    let lines = text.split(separator: newline, omittingEmptySubsequences: false)
    // The end of the text may be a line behind its last.
    let line = String(decoding: lines[min(mark.line, lines.count) - 1], as: UTF8.self)
    let snippet = (line.isEmpty ? "" : "\(line) ") + String(repeating: " ", count: mark.column - 1) + "^"
    return Diagnostic("the file is not YAML: \(mark): error: \(stage): \(found): \(snippet)", at: .init(file: file))
  }
}
