import Presentation
import Search

/// What training made of a network, epoch by epoch: all but the training loss of its integer program.
package struct TuneReport: Report {
  package struct Epoch: Encodable, Hashable, Sendable {
    /// 0 is the network as it was.
    package var epoch: Int
    /// The mean over the samples that it learns from, with quantization in floating point; absent before the first epoch.
    package var trainingLoss: Double?
    /// On the samples that choose.
    package var loss: Double
    package var agreement: Double
    package var seconds: Double

    package init(epoch: Int, trainingLoss: Double?, loss: Double, agreement: Double, seconds: Double) {
      self.epoch = epoch
      self.trainingLoss = trainingLoss
      self.loss = loss
      self.agreement = agreement
      self.seconds = seconds
    }

    /// For a terminal, while it runs.
    package var line: String {
      let learned = trainingLoss.map { ", training loss \(fixed($0, decimals: 5))" } ?? ""
      return "epoch \(epoch): loss \(fixed(loss, decimals: 5)), agreement \(percentage(agreement))\(learned)"
    }
  }

  /// The network before and after, on inputs that neither training nor any choice has seen.
  package struct Test: Encodable, Hashable, Sendable {
    package var samples: Int
    package var before: TrialJudge.Verdict
    package var after: TrialJudge.Verdict
  }

  package var epochs: [Epoch]
  /// The one that was kept.
  package var best: Int
  /// Learned from; nil: somebody else knows.
  package var samples: Int?
  /// Chosen by.
  package var validationSamples: Int
  package var test: Test?
  package var seconds: Double

  private var table: Table {
    var table = Table(columns: [
      .init("epoch", .right), .init("training loss", .right), .init("validation loss", .right),
      .init("agreement", .right), .init("seconds", .right), .init(""),
    ])
    for epoch in epochs {
      table.append([
        .integer(epoch.epoch), epoch.trainingLoss.map { .real($0, decimals: 5) } ?? .text(""),
        .real(epoch.loss, decimals: 5), .text(percentage(epoch.agreement)), .real(epoch.seconds, decimals: 1),
        .text(epoch.epoch == best ? "kept" : ""),
      ])
    }
    return table
  }

  package func csv() -> String { table.csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    if let test {
      if let float = test.after.floatMetric, let before = test.before.metric, let after = test.after.metric {
        text += "test metric: \(percentage(float)) float, \(percentage(before)) before, \(percentage(after)) after\n"
      }
      text += "test agreement with the float network: \(percentage(test.before.agreement)) before, "
      text += "\(percentage(test.after.agreement)) after\n"
      text +=
        "test loss: \(fixed(test.before.loss, decimals: 5)) before, \(fixed(test.after.loss, decimals: 5)) after\n"
      text += "judged on \(grouped(test.samples)) samples, which nothing else has seen\n"
    }
    text += samples.map { "learned from \(grouped($0)) samples, " } ?? ""
    text += "chosen by \(grouped(validationSamples)) that are not learned from, "
    text += "in \(fixed(seconds, decimals: 1)) s\n"
    return text
  }
}
