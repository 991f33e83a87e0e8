import CDotProduct

/// What this machine does on the simplest loop: a plain C dot product of int16, built for this machine.
struct DotProduct {
  private let a, b: [Int16]

  init(elements: Int) {
    a = (0..<elements).map { _ in Int16.random(in: -128...127) }
    b = (0..<elements).map { _ in Int16.random(in: -128...127) }
  }

  /// Billions of multiply-accumulates per second.
  func speed() -> Double {
    var sink: Int32 = 0
    let seconds = KernelBench.measure { sink &+= dot_product(a, b, a.count) }
    precondition(sink != Int32.min, "keeps the loop alive")
    return Double(a.count) / seconds / 1e9
  }
}
