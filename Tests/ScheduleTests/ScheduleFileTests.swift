import Diagnostics
import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Targets
import TestSupport
import Testing

/// Small programs and their schedules, and schedules that the verifier refuses.
@Suite struct ScheduleFileTests {
  @Test(arguments: CaseFile.names())
  func schedulesAreAsTheFileSays(name: String) throws {
    for failure in try CaseFile(named: name).failures(Self.result) { Issue.record("\(failure)") }
  }

  @Test func thereAreFiles() {
    #expect(CaseFile.names().count >= 2)
  }

  /// The schedule of a program for `stmac`, or, where one is written behind it, what the verifier says of that.
  private static func result(of text: String) -> String {
    var problems = Diagnostics()
    let schedule = problems.collecting {
      let accelerator = try TargetFile.load("stmac")
      guard let written = text.firstRange(of: "\nschedule ") else {
        let program = try ProgramParser.program(from: text)
        try program.verify()
        return try Schedule(program, for: accelerator).text
      }
      let program = try ProgramParser.program(from: String(text[..<written.lowerBound]))
      let schedule = try ScheduleParser.schedule(
        from: String(text[written.lowerBound...].dropFirst()), of: program, on: accelerator)
      try schedule.verify()
      return "// sound\n"
    }
    return String((problems.all.map { "// \($0)\n" }.joined() + (schedule ?? "")).dropLast())
  }

  /// What is printed is read back as the same schedule.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func textIsReadBack(seed: UInt64) throws {
    let (random, accelerator) = try RandomProgram.mixed(seed: seed)
    let schedule = try Schedule(random.program, for: accelerator)
    let read = try ScheduleParser.schedule(from: schedule.text, of: random.program, on: accelerator)
    #expect(read == schedule)
    #expect(read.text == schedule.text)
  }
}
