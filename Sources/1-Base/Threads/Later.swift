/// What a thread of its own computes, and who asks for it waits for.
package final class Later<Value: Sendable> {
  private final class Work: @unchecked Sendable {
    let body: @Sendable () -> Value
    /// Written by the thread, read behind its end.
    var value: Value?

    init(_ body: @escaping @Sendable () -> Value) { self.body = body }

    func run() { value = body() }
  }

  private let work: Work
  /// Until it has ended.
  private var errand: Errand?

  package init(_ body: @escaping @Sendable () -> Value) {
    let work = Work(body)
    self.work = work
    errand = Errand { work.run() }
  }

  /// Waits; computed here where there was no thread to be had.
  package var value: Value {
    errand?.wait()
    errand = nil
    if let value = work.value { return value }
    let value = work.body()
    work.value = value
    return value
  }
}
