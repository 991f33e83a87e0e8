import Presentation

/// What `qcc evaluate` says: its JSON is a `TrialRow`'s.
package struct TrialReport: Report, Sendable, Hashable {
  package var row: TrialRow

  package init(row: TrialRow) { self.row = row }

  package func encode(to encoder: any Encoder) throws { try row.encode(to: encoder) }

  private var table: Table { .of([("plan", row)]) }

  package func csv() -> String { table.csv() }
  package func text(_ style: TextStyle) -> String { table.text(style) }
}
