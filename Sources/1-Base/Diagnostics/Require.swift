/// Goes on where `condition` holds.
///
/// - Throws: what was found in its place.
package func require(
  _ condition: Bool, _ found: @autoclosure () -> String, at location: @autoclosure () -> Diagnostic.Location = .init(),
  supported: @autoclosure () -> String? = nil, fix: @autoclosure () -> String? = nil
) throws(Diagnostic) {
  if !condition { throw Diagnostic(found(), at: location(), supported: supported(), fix: fix()) }
}

/// Goes on with a value that is there.
///
/// - Throws: what was found in its place.
package func require<Value>(
  _ value: Value?, _ found: @autoclosure () -> String, at location: @autoclosure () -> Diagnostic.Location = .init(),
  supported: @autoclosure () -> String? = nil, fix: @autoclosure () -> String? = nil
) throws(Diagnostic) -> Value {
  guard let value else { throw Diagnostic(found(), at: location(), supported: supported(), fix: fix()) }
  return value
}

/// What knows where its problems are.
package protocol ProblemSource {
  func problem(_ found: String, supported: String?, fix: String?) -> Diagnostic
}

extension ProblemSource {
  package func require(
    _ condition: Bool, _ found: @autoclosure () -> String, supported: @autoclosure () -> String? = nil,
    fix: @autoclosure () -> String? = nil
  ) throws(Diagnostic) {
    if !condition { throw problem(found(), supported: supported(), fix: fix()) }
  }

  package func require<Value>(
    _ value: Value?, _ found: @autoclosure () -> String, supported: @autoclosure () -> String? = nil,
    fix: @autoclosure () -> String? = nil
  ) throws(Diagnostic) -> Value {
    guard let value else { throw problem(found(), supported: supported(), fix: fix()) }
    return value
  }
}
