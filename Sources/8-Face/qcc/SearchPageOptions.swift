import ArgumentParser
import Page
import QCCDriver
import Search

/// The page of a search.
struct SearchPageOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "A page with the front, how the search went, widths and what changing them does.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var page: String?

  /// - Parameter others: files that the command reads or writes.
  func validate(besides others: [String?]) throws {
    if let page, page.isEmpty || others.contains(page) {
      throw ValidationError("--report takes a file of its own")
    }
  }

  /// The file to write, if one is wanted.
  func file(
    _ report: SearchReport, _ details: @autoclosure () throws -> SearchDetails, by searcher: NetworkSearcher
  ) rethrows -> [(path: String, bytes: [UInt8])] {
    guard let page else { return [] }
    let graph = searcher.quantizer.network.graph
    let html = SearchPage(
      report, try details(), minimize: searcher.settings.minimize, file: graph.file ?? "", network: graph.name,
      target: searcher.quantizer.compiler.target.name
    ).html()
    return [(page, Array(html.utf8))]
  }
}
