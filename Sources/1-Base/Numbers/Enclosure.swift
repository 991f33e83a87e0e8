/// Two multiples of 2^-bits between which a real number lies. Every operation rounds outwards: what it says of numbers is proved.
package struct Enclosure: Sendable {
  /// In units of 2^-bits.
  private let least: BigInteger
  private let most: BigInteger
  private let bits: Int

  private init(_ least: BigInteger, _ most: BigInteger, bits: Int) {
    self.least = least
    self.most = most
    self.bits = bits
  }

  package init(_ number: Rational, bits: Int) {
    let (floor, isExact) = number.scaled(by: bits)
    self.init(floor, isExact ? floor : floor + 1, bits: bits)
  }

  package var lower: Rational { Rational(least) * .powerOfTwo(-bits) }
  package var upper: Rational { Rational(most) * .powerOfTwo(-bits) }

  package static func + (left: Enclosure, right: Enclosure) -> Enclosure {
    Enclosure(left.least + right.least, left.most + right.most, bits: left.bits)
  }

  package static prefix func - (value: Enclosure) -> Enclosure {
    Enclosure(-value.most, -value.least, bits: value.bits)
  }

  package static func - (left: Enclosure, right: Enclosure) -> Enclosure { left + -right }

  package static func * (left: Enclosure, right: Enclosure) -> Enclosure {
    let products = [left.least * right.least, left.least * right.most, left.most * right.least, left.most * right.most]
    return Enclosure(
      (products.min() ?? 0).floor(over: 1 << left.bits), (products.max() ?? 0).ceiling(over: 1 << left.bits),
      bits: left.bits)
  }

  /// Of a divisor above zero.
  package static func / (left: Enclosure, right: Enclosure) -> Enclosure {
    precondition(right.least.signum() > 0, "an enclosure is divided by what is certainly positive")
    let (least, most) = (left.least << left.bits, left.most << left.bits)
    return Enclosure(
      least.floor(over: least.signum() < 0 ? right.least : right.most),
      most.ceiling(over: most.signum() < 0 ? right.most : right.least), bits: left.bits)
  }

  /// By a number above zero.
  package static func / (left: Enclosure, right: Int64) -> Enclosure {
    Enclosure(
      left.least.floor(over: BigInteger(word: right)), left.most.ceiling(over: BigInteger(word: right)), bits: left.bits
    )
  }

  /// With a number that is not negative.
  package static func * (left: Enclosure, right: Int64) -> Enclosure {
    Enclosure(left.least * BigInteger(word: right), left.most * BigInteger(word: right), bits: left.bits)
  }

  private func number(_ integer: Int64) -> Enclosure { Enclosure(Rational(integer), bits: bits) }

  private var magnitude: BigInteger { max(least.magnitude, most.magnitude) }

  /// The sum of a series and all that follows its last term, which is smaller than that.
  private mutating func close(_ rest: Enclosure) {
    let size = rest.magnitude + 1
    self = Enclosure(least - size, most + size, bits: bits)
  }

  // MARK: Functions

  /// e^x of a number of no more than 2^12.
  package static func exponential(_ number: Rational, bits: Int) -> Enclosure {
    precondition(number <= 4096, "powers of e beyond 2^5909 are not enclosed")
    // Below 2^-bits.
    if number < Rational(Int64(-bits)) { return Enclosure(0, 1, bits: bits) }
    // e^x = (e^(x / 2^k))^(2^k)
    let halvings = max(0, number.floor.magnitude.bitWidth + 1)
    let inner = bits + 2 * halvings + 64
    let x = Enclosure(number * .powerOfTwo(-halvings), bits: inner)
    var sum = x.number(1)
    var term = sum
    var index: Int64 = 0
    repeat {
      index += 1
      term = term * x / index
      sum = sum + term
    } while term.magnitude > 1
    sum.close(term)
    for _ in 0..<halvings { sum = sum * sum }
    return sum.rounded(to: bits)
  }

  /// log(1 + q) of a number from 0 to 1 that is known up to an enclosure.
  private var logarithmOfOnePlus: Enclosure {
    // 2 atanh(z) with z = q / (2 + q), no more than 1/3
    let z = self / (self + number(2))
    let square = z * z
    var power = z
    var sum = z
    var index: Int64 = 1
    repeat {
      index += 2
      power = power * square
      sum = sum + power / index
    } while power.magnitude > 1
    sum.close(power)
    return sum * 2
  }

  /// The integral of 2 / sqrt(pi) e^(-t^2) from 0 to x.
  package static func errorFunction(_ number: Rational, bits: Int) -> Enclosure {
    if number.sign < 0 { return -errorFunction(-number, bits: bits) }
    let square = number * number
    // What is missing to 1 is below e^(-x^2).
    if square > Rational(Int64(bits)) {
      let one = BigInteger(1) << bits
      return Enclosure(one - 1, one, bits: bits)
    }
    // 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + …)
    let inner = bits + 64
    let x = Enclosure(number, bits: inner)
    let twice = Enclosure(square * 2, bits: inner)
    var (sum, term) = (x, x)
    var index: Int64 = 1
    repeat {
      index += 2
      term = term * twice / index
      sum = sum + term
    } while term.magnitude > 1 || twice.upper * 2 > Rational(index)
    sum.close(term)
    let factor = (x.number(4) / pi(bits: inner)).squareRoot
    return (factor * exponential(-square, bits: inner) * sum).rounded(to: bits)
  }

  /// 16 atan(1/5) - 4 atan(1/239) (Machin)
  private static func pi(bits: Int) -> Enclosure {
    func arcTangent(ofOneOver divisor: Int64) -> Enclosure {
      var power = Enclosure(Rational(1, over: BigInteger(word: divisor)), bits: bits)
      var sum = power
      var index: Int64 = 1
      repeat {
        index += 2
        power = -power / (divisor * divisor)
        sum = sum + power / index
      } while power.magnitude > 1
      sum.close(power)
      return sum
    }
    return arcTangent(ofOneOver: 5) * 16 - arcTangent(ofOneOver: 239) * 4
  }

  /// Of a number that is not negative.
  private var squareRoot: Enclosure {
    Enclosure(
      (least.magnitude << bits).squareRoot, (most.magnitude << bits).squareRoot + 1, bits: bits)
  }

  private func rounded(to fewer: Int) -> Enclosure {
    let unit = BigInteger(1) << (bits - fewer)
    return Enclosure(least.floor(over: unit), most.ceiling(over: unit), bits: fewer)
  }

  /// 1 / (1 + e^-x)
  package static func logistic(_ number: Rational, bits: Int) -> Enclosure {
    let power = exponential(-number.magnitude, bits: bits + 8)
    let one = power.number(1)
    return ((number.sign < 0 ? power : one) / (one + power)).rounded(to: bits)
  }

  /// log(1 + e^x)
  package static func softplus(_ number: Rational, bits: Int) -> Enclosure {
    let logarithm = exponential(-number.magnitude, bits: bits + 64).logarithmOfOnePlus
    return (number.sign < 0 ? logarithm : Enclosure(number, bits: bits + 64) + logarithm).rounded(to: bits)
  }

  /// tanh(log(1 + e^x))
  package static func tanhOfSoftplus(_ number: Rational, bits: Int) -> Enclosure {
    // n / (n + 2) with n = e^2x + 2 e^x; where x is positive, over e^2x
    let power = exponential(-number.magnitude, bits: bits + 8)
    let (one, square) = (power.number(1), power * power)
    let top = number.sign < 0 ? square + power * 2 : one + power * 2
    return (top / (top + (number.sign < 0 ? one : square) * 2)).rounded(to: bits)
  }
}

extension BigInteger {
  /// Of a divisor above zero.
  fileprivate func floor(over divisor: BigInteger) -> BigInteger {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder.signum() < 0 ? quotient - 1 : quotient
  }

  fileprivate func ceiling(over divisor: BigInteger) -> BigInteger { -(-self).floor(over: divisor) }
}
