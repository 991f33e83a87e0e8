import Diagnostics
import Numbers
import QIR
import Quantization
import Quantizers

/// Functions of one number: each is a row.
enum ActivationFunctions {
  static let rows = [
    function("Relu") { _ in [.relu] },
    function("LeakyRelu", notes: "any alpha") { [.leakyReLU(slope: try $0.number("alpha", default: 0.01))] },
    OperatorRow("PRelu", notes: "constant slopes: one, or per index of any axes", read: { try prelu(&$0) }),
    function("ThresholdedRelu", notes: "any alpha") {
      [.thresholdedReLU(threshold: try $0.number("alpha", default: 1), slope: .zero)]
    },
    function("Elu", notes: "alpha of 0 or more") { KerasActivation.elu(alpha: try $0.positive("alpha", default: 1)) },
    function("Selu", notes: "alpha of 0 or more, gamma above 0") { reader in
      let alpha = try reader.positive("alpha", default: 1.67326319217681884765625)
      let gamma = try reader.positive("gamma", default: 1.05070102214813232421875, isZero: false)
      return KerasActivation.selu(gain: gamma, slope: gamma * alpha)
    },
    function("Celu", notes: "alpha above 0") { reader in
      // alpha elu(v / alpha)
      let alpha = try reader.positive("alpha", default: 1, isZero: false)
      if alpha == .one { return [.curve(.elu)] }
      return [.affine(scale: .one / alpha, shift: .zero), .curve(.elu), .affine(scale: alpha, shift: .zero)]
    },
    function("Exp") { _ in [.curve(.exp)] },
    function("Softplus") { _ in [.curve(.softplus)] },
    function("Softsign") { _ in [.curve(.softsign)] },
    function("Sigmoid") { _ in [.sigmoid] },
    function("HardSigmoid", notes: "alpha, beta") { reader in
      let (alpha, beta) = (try reader.number("alpha", default: 0.2), try reader.number("beta", default: 0.5))
      return [.affine(scale: alpha, shift: beta), .clip(lower: .zero, upper: .one)]
    },
    function("HardSwish") { _ in [.hardSwish(shift: 3, upper: 6)] },
    function("Swish", notes: "alpha above 0") { try swish(&$0, alpha: 1) },
    function("Gelu", domain: IntegerOperators.microsoft) { _ in [.curve(.gelu)] },
    function("QuickGelu", domain: IntegerOperators.microsoft, notes: "alpha above 0") { try swish(&$0, alpha: 1.702) },
    function("Gelu", notes: "both approximations") { reader in
      let approximation = try reader.string("approximate", default: "none")
      switch approximation {
      case "none": return [.curve(.gelu)]
      case "tanh": return [.curve(.geluTanh)]
      default: throw reader.problem("approximate = '\(approximation)'", supported: "none, tanh")
      }
    },
    function("Mish") { _ in [.curve(.mish)] },
    function("Erf") { _ in [.curve(.erf)] },
    function("Tanh") { _ in [.tanh] },
  ]

  /// v sigmoid(alpha v) = swish(alpha v) / alpha
  private static func swish(_ reader: inout NodeReader, alpha standard: Float) throws -> [RealFunction] {
    let alpha = try reader.positive("alpha", default: standard, isZero: false)
    if alpha == .one { return [.curve(.swish)] }
    return [.affine(scale: alpha, shift: .zero), .curve(.swish), .affine(scale: .one / alpha, shift: .zero)]
  }

  private static func prelu(_ reader: inout NodeReader) throws {
    let slopes = reader.check { reader in
      let slopes = try reader.constant(1)
      guard slopes.values.allSatisfy(\.isFinite) else {
        throw reader.problem("slopes that are no numbers", supported: "finite numbers")
      }
      return slopes
    }
    let map = try reader.realMap(0)
    guard let slopes else { throw Skipped() }
    if slopes.count == 1, slopes.shape.count <= map.shape.count {
      let op = ElementwiseOp([.leakyReLU(slope: slopes.fractions[0])])
      return try reader.produce(.map(reader.append(op, to: map)))
    }
    try reader.require(
      spreadShape(map.shape, slopes.shape) == map.shape,
      "slopes of shape \(slopes.shape) for a tensor of shape \(map.shape)",
      supported: "shapes that spread over the tensor's")
    try reader.produce(
      .map(
        reader.alongVaryingAxes(of: slopes, map) { reader, map, channels in
          try reader.append(PReLUOp(slopes: channels.fractions), to: map)
        }))
  }

  private static func function(
    _ name: String, domain: String = "", notes: String = "",
    _ functions: @escaping @Sendable (inout NodeReader) throws -> [RealFunction]
  ) -> OperatorRow {
    OperatorRow(name, domain: domain, notes: notes) { reader in
      let functions = reader.check { try functions(&$0) }
      let map = try reader.realMap(0)
      guard let functions else { throw Skipped() }
      try reader.produce(.map(reader.append(ElementwiseOp(functions), to: map)))
    }
  }
}

extension NodeReader {
  /// An attribute, exactly.
  fileprivate mutating func number(_ name: String, default standard: Float) throws -> Rational {
    let number = try float(name, default: standard)
    guard number.isFinite else { throw problem("\(name) = \(number)", supported: "a finite number") }
    return Rational(number)
  }

  fileprivate mutating func positive(_ name: String, default standard: Float, isZero: Bool = true) throws -> Rational {
    let number = try number(name, default: standard)
    guard number.sign > 0 || (isZero && number.sign == 0) else {
      throw problem("\(name) = \(number.text)", supported: isZero ? "0 or more" : "above 0")
    }
    return number
  }
}
