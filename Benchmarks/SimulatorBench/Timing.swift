import CDotProduct

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(body)
  return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}

/// The best of several runs: other programs only ever make it slower.
func best(_ runs: Int, _ body: () throws -> Void) rethrows -> Double {
  var fastest = Double.infinity
  for _ in 0..<runs { fastest = min(fastest, try seconds(body)) }
  return fastest
}

/// Billions of multiply-accumulates per second of the processor's dot product instruction, operands in registers; nil where
/// the benchmark knows none.
func peak(bits: Int32) -> (instruction: String, speed: Double)? {
  let loop = dot_product_peak(bits)
  guard let run = loop.run, let instruction = loop.instruction else { return nil }
  let rounds = 100_000
  var sink: Int32 = 0
  let time = best(20) { sink &+= run(rounds) }
  precondition(sink != 1, "keeps the loop alive")
  return (String(cString: instruction), Double(loop.macs) * Double(rounds) / time / 1e9)
}

func column(_ value: Double, decimals: Int = 1) -> String {
  let power = decimals == 0 ? 1.0 : decimals == 1 ? 10.0 : 100.0
  let rounded = (value * power).rounded(.toNearestOrEven)
  var digits = String(Int(rounded))
  if decimals > 0 {
    digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
  }
  return String(repeating: " ", count: max(0, 12 - digits.count)) + digits
}
