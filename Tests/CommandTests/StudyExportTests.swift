import Foundation
import TestSupport
import Testing

/// `qcc study export`: what Optuna replays. That it does is `make check-optuna`'s to say.
@Suite struct StudyExportTests {
  private static let search =
    "search $T/quantize/digits_float.h5 --calibration $T/quantize/calibration.npy --widths 4,8 --evaluations 3 "
    + "--validation $T/digits_x.npy --labels $T/digits_labels.npy --study digits.study --format json"

  @Test func aJournalHasEveryTrialAndTheSpace() throws {
    let folder = try Folder()
    let found = try Command.run(Self.search, in: folder.path)
    #expect(found.status == 0, "\(found.errors)")
    let exported = try Command.run("study export --optuna journal.log digits.study", in: folder.path)
    #expect(exported.status == 0 && exported.output == "", "\(exported.errors)")
    let operations = try String(contentsOfFile: "\(folder.path)/journal.log", encoding: .utf8)
      .split(separator: "\n").map {
        try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    #expect(operations.allSatisfy { $0["worker_id"] is String })
    #expect(operations.prefix(3).map { $0["op_code"] as? Int } == [0, 2, 3])
    #expect(operations[0]["study_name"] as? String == "digits.study")
    #expect(operations[0]["directions"] as? [Int] == [1, 1])

    let attributes = try #require(operations[1]["user_attr"] as? [String: [String: Any]])
    let variables = try #require(attributes["space"]?["variables"] as? [[String: Any]])
    // A sum takes them; what comes in has no fewer than 8 bits.
    let tied = variables.first { $0["name"] as? String == "stem_relu.maps" }
    #expect(tied?["maps"] as? [String] == ["stem_relu", "pointwise"] && tied?["choices"] as? [Int] == [4, 8])
    #expect(variables.first?["maps"] as? [String] == ["input"] && variables.first?["choices"] as? [Int] == [8])

    let shown = try Command.run("study show digits.study --format json", in: folder.path)
    let report = try #require(JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
    let trials = operations.dropFirst(3)
    #expect(trials.count == report["evaluations"] as? Int)
    let front = try #require(report["front"] as? [[String: Any]])
    let values = trials.map { $0["values"] as? [Double] ?? [] }
    for row in front {
      let point = [try #require(row["cycles"] as? Double), try #require(row["loss"] as? Double)]
      #expect(values.contains(point))
    }
    for trial in trials {
      #expect(trial["op_code"] as? Int == 4 && trial["state"] as? Int == 1)
      let distributions = try #require(trial["distributions"] as? [String: String])
      let parameters = try #require(trial["params"] as? [String: Int])
      #expect(Set(parameters.keys) == Set(variables.compactMap { $0["name"] as? String }))
      for (name, place) in parameters {
        let distribution = try #require(
          JSONSerialization.jsonObject(with: Data((distributions[name] ?? "").utf8)) as? [String: Any])
        let choices = (distribution["attributes"] as? [String: [Int]])?["choices"] ?? []
        #expect(distribution["name"] as? String == "CategoricalDistribution" && choices.indices.contains(place))
      }
      let time = try #require(trial["datetime_complete"] as? String)
      #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00/) != nil, "\(time)")
    }
  }

  @Test func whatIsNoStudyIsRefused() throws {
    let folder = try Folder()
    let result = try Command.run("study export --optuna journal.log nothing.study", in: folder.path)
    #expect(result.status == 1 && result.errors.contains("nothing.study"), "\(result.errors)")
    #expect(folder.entries == [])
  }
}
