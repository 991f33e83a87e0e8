import Diagnostics

/// Reads the text form of a graph (see `GraphPrinter`). Shapes behind `->` may be left out; where they stand they are checked.
package struct GraphParser {
  private let file: String?
  private var graph: Graph
  private var names: [String: NodeID] = [:]
  /// Names of lines that could not be read: who uses them is not to blame.
  private var broken: Set<String> = []
  private var problems = Diagnostics()

  /// Throws all that is wrong with `text`.
  package static func graph(from text: String, file: String? = nil) throws(Diagnostics) -> Graph {
    var parser = GraphParser(file: file)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      parser.read(LineTokens(line), number: index + 1)
    }
    try parser.problems.throwIfErrors()
    return parser.graph
  }

  private init(file: String?) {
    self.file = file
    graph = Graph(name: "graph", file: file)
  }

  private mutating func read(_ line: LineTokens, number: Int) {
    let words = line.words
    guard let first = words.first else { return }
    var location = Diagnostic.Location(file: file.map { "\($0):\(number)" } ?? "line \(number)")
    guard line.isBalanced else {
      problems.report(Diagnostic("a bracket or quotation mark has no partner", at: location))
      return
    }
    let isNode = words.count > 2 && words[1] == "="
    if isNode, let name = NodeName.name(from: first) {
      location.layer = name
      var found = Diagnostics()
      if found.collecting({ try readNode(named: name, words[2...], at: location) }) == nil { broken.insert(name) }
      problems.report(contentsOf: found)
    } else if first == "graph", words.count == 2, let name = NodeName.name(from: words[1]) {
      graph.name = name
    } else if first == "output" {
      for word in words.dropFirst() {
        var found = Diagnostics()
        if let id = found.collecting({ try node(word, at: location) }) ?? nil { graph.outputs.append(id) }
        problems.report(contentsOf: found)
      }
    } else {
      problems.report(
        Diagnostic(
          "'\(words.map(String.init).joined(separator: " ").prefix(60))' is no line of a graph", at: location,
          supported: "'graph name', 'name = operator inputs attributes -> shape' and 'output names'"))
    }
  }

  private mutating func readNode(named name: String, _ words: ArraySlice<Substring>, at location: Diagnostic.Location)
    throws
  {
    guard names[name] == nil else { throw Diagnostic("a second node of this name", at: location) }
    let mnemonic = String(words[words.startIndex])
    guard let read = Op.readers[mnemonic] else {
      throw Diagnostic(
        "unknown operator '\(mnemonic)'", at: location, supported: Op.readers.keys.sorted().joined(separator: ", "))
    }
    let (sides, shape) = try split(words.dropFirst(), at: location)
    let isAttribute = { (word: Substring) in word.first != "\"" && word.contains("=") }
    let inputs = try sides.prefix { !isAttribute($0) }.map { try node($0, at: location) }
    var reader = try AttributeReader(sides[(sides.startIndex + inputs.count)...], at: location)
    let op = try read(&reader)
    let fileAxes: [Int]? = try reader.readIfPresent("file_axes")
    try reader.finish()
    guard !inputs.contains(nil) else {
      broken.insert(name)
      return
    }
    let id = try graph.append(op, named: name, inputs: inputs.compactMap { $0 })
    names[name] = id
    graph[id].fileAxes = fileAxes
    if let axes = fileAxes, !graph[id].shape.isPermutation(axes) {
      throw Diagnostic("file_axes=\(axes) of shape \(graph[id].shape)", at: location, supported: "every axis once")
    }
    if let shape, shape != graph[id].shape {
      throw Diagnostic("shape \(shape) is written where \(graph[id].shape) follows from the inputs", at: location)
    }
  }

  /// What stands before `->`, and the shape behind it.
  private func split(_ words: ArraySlice<Substring>, at location: Diagnostic.Location) throws -> (
    ArraySlice<Substring>, Shape?
  ) {
    guard let arrow = words.firstIndex(of: "->") else { return (words, nil) }
    guard arrow + 2 == words.endIndex else {
      throw Diagnostic("no shape behind '->'", at: location, supported: "-> [rows, columns, channels]")
    }
    var scanner = TextScanner(words[arrow + 1], at: location)
    let shape = try Shape(scanning: &scanner)
    try scanner.finish()
    return (words[..<arrow], shape)
  }

  /// The node of a name; nil where its own line could not be read.
  private func node(_ word: Substring, at location: Diagnostic.Location) throws -> NodeID? {
    guard let name = NodeName.name(from: word) else { throw Diagnostic("'\(word)' is no name", at: location) }
    if let id = names[name] { return id }
    if broken.contains(name) { return nil }
    throw Diagnostic("no node '\(name)' before this line", at: location)
  }
}
