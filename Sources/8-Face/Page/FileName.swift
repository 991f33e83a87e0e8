extension String {
  /// The last name of a path.
  var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}
