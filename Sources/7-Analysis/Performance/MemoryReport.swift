import Backend
import CEmitter
import Diagnostics
import IntegerProgram
import Presentation
import Schedule
import Targets

/// What the C of a network takes of a machine's memory, on several targets, but for its code and the stack: `make stack` in a
/// project says that of the user's compiler. The JSON keys are a promise to other programs.
package struct MemoryReport: Report, Hashable, Sendable {
  package struct Part: Encodable, Hashable, Sendable {
    package var name: String
    package var bytes: Int

    package init(name: String, bytes: Int) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The C for one target.
  package struct Column: Encodable, Hashable, Sendable {
    package var target: String
    /// What may stand in flash.
    package var constants: [Part]
    package var constantBytes: Int
    /// What stands in RAM.
    package var arrays: [Part]
    package var arrayBytes: Int
    /// Of feature maps that live at once: no placement of them takes less.
    package var liveMapBytes: Int

    package init(target: String, constants: [Part], arrays: [Part], liveMapBytes: Int) {
      self.target = target
      self.constants = constants
      self.arrays = arrays
      self.liveMapBytes = liveMapBytes
      constantBytes = constants.reduce(0) { $0 + $1.bytes }
      arrayBytes = arrays.reduce(0) { $0 + $1.bytes }
    }
  }

  package var targets: [Column]

  package init(targets: [Column]) {
    self.targets = targets
  }

  /// On the schedule's target, and on those of `others` that take the program.
  ///
  /// - Throws: `Diagnostics` where C cannot do the schedule.
  package init(_ schedule: Schedule, beside others: [Accelerator]) throws(Diagnostics) {
    targets = [try Column(schedule)]
    for accelerator in others where accelerator.name != schedule.accelerator.name {
      var problems = Diagnostics()
      let column = problems.collecting { try Column(Schedule(schedule.program, for: accelerator)) }
      if let column { targets.append(column) }
    }
  }

  /// The built-in targets.
  package static func builtinTargets() throws(Diagnostics) -> [Accelerator] {
    var accelerators: [Accelerator] = []
    for name in TargetFile.builtinNames { accelerators.append(try TargetFile.load(name)) }
    return accelerators
  }

  /// What there is, and how much of it on every target: nil where that has none.
  package var rows: [(kind: String, name: String, bytes: [Int?])] {
    func rows(_ kind: String, _ parts: (Column) -> [Part], _ total: (Column) -> Int) -> [(String, String, [Int?])] {
      var names: [String] = []
      for name in targets.flatMap(parts).map(\.name) where !names.contains(name) { names.append(name) }
      return names.map { name in (kind, name, targets.map { column in parts(column).first { $0.name == name }?.bytes })
      }
        + [(kind, "total", targets.map(total))]
    }
    return rows("constants", \.constants, \.constantBytes) + rows("static arrays", \.arrays, \.arrayBytes)
      + [("live at once", "feature maps", targets.map(\.liveMapBytes))]
  }

  package func text(_ style: TextStyle) -> String {
    var table = Table(
      columns: [.init("bytes"), .init("")] + targets.map { Table.Column($0.target, .right, minimumWidth: 6) })
    for row in rows {
      table.append([.text(row.kind), .text(row.name)] + row.bytes.map { $0.map(TableCell.integer) ?? .text("") })
    }
    return table.text(style)
  }

  /// A line per part and target.
  package func csv() -> String {
    var table = Table(columns: ["target", "kind", "name", "bytes"].map { Table.Column($0) })
    for (index, column) in targets.enumerated() {
      for row in rows {
        guard let bytes = row.bytes[index] else { continue }
        table.append([.text(column.target), .text(row.kind), .text(row.name), .integer(bytes)])
      }
    }
    return table.csv()
  }
}

extension MemoryReport.Column {
  fileprivate init(_ schedule: Schedule) throws(Diagnostics) {
    let memory = try CEmitter().project(schedule, vectors: TestVectors()).memory
    func parts(_ parts: Project.Memory.Parts) -> [MemoryReport.Part] {
      parts.parts.map { .init(name: $0.name, bytes: $0.bytes) }
    }
    self.init(
      target: schedule.accelerator.name, constants: parts(memory.constants), arrays: parts(memory.arrays),
      liveMapBytes: schedule.storage.leastBytes(of: schedule.program))
  }
}
