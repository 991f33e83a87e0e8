/// One value that all channels share, or one for each. A collection of those values that may be asked for any channel.
package struct PerChannel<Value> {
  /// One, or one per channel.
  @usableFromInline
  var values: [Value]

  /// - Parameter values: one, or one per channel.
  @inlinable
  package init(_ values: [Value]) {
    precondition(!values.isEmpty, "there is a value for every channel")
    self.values = values
  }

  /// Of every channel; one for all where `channels` is 1.
  @inlinable
  package init(channels: Int, _ value: (_ channel: Int) throws -> Value) rethrows {
    var values: [Value] = []
    values.reserveCapacity(channels)
    // A range's own `map` goes through its witnesses at each step.
    for channel in 0..<channels { values.append(try value(channel)) }
    self.init(values)
  }

  /// Whether all channels share one.
  @inlinable
  package var isUniform: Bool { values.count == 1 }

  /// The one that all channels share; nil where each has its own.
  @inlinable
  package var uniform: Value? { isUniform ? values[0] : nil }

  @inlinable
  package func map<Result>(_ transform: (Value) throws -> Result) rethrows -> PerChannel<Result> {
    PerChannel<Result>(try values.map(transform))
  }

  /// Of the same channel of both.
  @inlinable
  package func combined<Other, Result>(
    with other: PerChannel<Other>, _ combine: (Value, Other) throws -> Result
  ) rethrows -> PerChannel<Result> {
    try PerChannel<Result>(channels: Swift.max(count, other.count)) { try combine(self[$0], other[$0]) }
  }

  /// The smallest range that holds those of all channels.
  @inlinable
  package func hull<Bound>() -> ClosedRange<Bound> where Value == ClosedRange<Bound> {
    values.dropFirst().reduce(values[0]) { $0.hull(with: $1) }
  }
}

extension PerChannel where Value: Equatable {
  /// One where all channels have equal values.
  @inlinable
  package var merged: PerChannel { values.allSatisfy { $0 == values[0] } ? [values[0]] : self }
}

extension PerChannel: RandomAccessCollection, MutableCollection {
  @inlinable
  package var startIndex: Int { 0 }
  /// 1, or the number of channels.
  @inlinable
  package var endIndex: Int { values.count }
  // The collection's own ways of going through it ask for its type again at each step.
  @inlinable
  package var count: Int { values.count }
  @inlinable
  package func index(after channel: Int) -> Int { channel + 1 }
  @inlinable
  package func makeIterator() -> IndexingIterator<[Value]> { values.makeIterator() }

  /// The value of a channel.
  @inlinable
  package subscript(channel: Int) -> Value {
    get { values.count == 1 ? values[0] : values[channel] }
    set { values[values.count == 1 ? 0 : channel] = newValue }
  }
}

extension PerChannel: ExpressibleByArrayLiteral {
  @inlinable
  package init(arrayLiteral values: Value...) { self.init(values) }
}

extension PerChannel: Equatable where Value: Equatable {}
extension PerChannel: Hashable where Value: Hashable {}
extension PerChannel: Sendable where Value: Sendable {}
