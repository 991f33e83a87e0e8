/// One problem, said the way a user can act on it: where it is, what was found there, what is supported instead and
/// how to fix it.
package struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Severity: String, Sendable {
    case error, warning, note
  }

  /// Where a problem is, from the outside in. Parts that are not known are left out.
  package struct Location: Hashable, Sendable {
    package var file: String?
    package var layer: String?
    package var tensor: String?

    package init(file: String? = nil, layer: String? = nil, tensor: String? = nil) {
      self.file = file
      self.layer = layer
      self.tensor = tensor
    }
  }

  package var severity: Severity
  package var location: Location
  /// What was found, as a sentence without a full stop.
  package var found: String
  /// What is supported in its place, if that is not plain from `found`.
  package var supported: String?
  /// What the user can do.
  package var fix: String?
  /// What another program printed, as lines.
  package var quoted: [String] = []

  package init(
    _ found: String, at location: Location = Location(), supported: String? = nil, fix: String? = nil,
    severity: Severity = .error
  ) {
    self.severity = severity
    self.location = location
    self.found = found
    self.supported = supported
    self.fix = fix
  }

  /// `error: model.h5: layer 'conv1', tensor 'kernel': found; supported: …; fix: …`, in characters that a terminal shows.
  package var description: String {
    var inside: [String] = []
    if let layer = location.layer { inside.append("layer '\(layer)'") }
    if let tensor = location.tensor { inside.append("tensor '\(tensor)'") }
    let place = [location.file, inside.isEmpty ? nil : inside.joined(separator: ", ")].compactMap { $0 }
    var text = (["\(severity.rawValue)"] + place + [found]).joined(separator: ": ")
    if let supported { text += "; supported: \(supported)" }
    if let fix { text += "; fix: \(fix)" }
    return ([text] + quoted.map { "  " + $0 }).map(\.printable).joined(separator: "\n")
  }
}
