extension Collection<String> {
  /// `'a', 'b', and 3 more`
  package var quotedList: String {
    let limit = 12
    return prefix(limit).map { "'\($0)'" }.joined(separator: ", ")
      + (count > limit ? ", and \(count - limit) more" : "")
  }
}
