import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What an analysis found, in the forms that commands print. Every form ends in one newline.
package protocol Report: Encodable {
  /// For people.
  func text(_ style: TextStyle) -> String
  /// A header and rows, for other programs.
  func csv() -> String
}

/// How a report is printed.
package enum ReportFormat: String, CaseIterable, Sendable {
  case text, json, csv
}

extension Report {
  package func text() -> String { text(.plain) }

  package func printed(as format: ReportFormat, style: TextStyle) throws -> String {
    switch format {
    case .text: text(style)
    case .json: try jsonText(self)
    case .csv: csv()
    }
  }
}

/// `value` as JSON, keys sorted, one line per entry, ended by a newline: the same value is the same text. Characters that are
/// not to be seen are escaped.
package func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  let text = String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  guard text.unicodeScalars.contains(where: { $0 != "\n" && $0.isInvisible }) else { return text }
  var shown = ""
  for scalar in text.unicodeScalars {
    if scalar == "\n" || !scalar.isInvisible {
      shown.unicodeScalars.append(scalar)
    } else {
      for unit in scalar.utf16 { shown += "\\u" + String(0x10000 + UInt32(unit), radix: 16).dropFirst() }
    }
  }
  return shown
}
