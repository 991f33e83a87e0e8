/// What C computes of loop counters and the like: numbers from 0 on, in as few operations as it takes.
indirect enum IndexExpression {
  case number(Int)
  case variable(String)
  case quotient(IndexExpression, Int)
  case remainder(IndexExpression, Int)
  case scaled(IndexExpression, Int)
  case sum(IndexExpression, IndexExpression)

  static func / (value: IndexExpression, divisor: Int) -> IndexExpression {
    divisor == 1 ? value : .quotient(value, divisor)
  }

  static func % (value: IndexExpression, divisor: Int) -> IndexExpression {
    divisor == 1 ? .number(0) : .remainder(value, divisor)
  }

  static func * (value: IndexExpression, factor: Int) -> IndexExpression {
    if case .number(0) = value { return value }
    return factor == 1 ? value : .scaled(value, factor)
  }

  static func + (first: IndexExpression, second: IndexExpression) -> IndexExpression {
    if case .number(0) = first { return second }
    if case .number(0) = second { return first }
    return .sum(first, second)
  }

  var text: String {
    switch self {
    case .number(let value): "\(value)"
    case .variable(let name): name
    case .quotient(let value, let divisor): "\(value.factor) / \(divisor)"
    case .remainder(let value, let divisor): "\(value.factor) % \(divisor)"
    case .scaled(let value, let factor): "\(value.factor) * \(factor)"
    case .sum(let first, let second): "\(first.text) + \(second.text)"
    }
  }

  /// To the left of a multiplication or division.
  private var factor: String {
    if case .sum = self { "(\(text))" } else { text }
  }
}
