extension [Int] {
  /// How many elements an array of these extents has, as a file says them; nil where one is negative, or where they are
  /// more than can be counted. An empty axis does not make the others any smaller: products of a part of them never overflow.
  package var elementCount: Int? {
    var most = 1
    for extent in self {
      let (next, overflows) = most.multipliedReportingOverflow(by: Swift.max(extent, 1))
      if overflows || extent < 0 { return nil }
      most = next
    }
    return contains(0) ? 0 : most
  }
}
