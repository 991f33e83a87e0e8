import Numbers
import QIR
import Testing

@Suite struct SoftmaxTests {
  /// However far inputs move, outputs stay between 0 and 1.
  @Test(arguments: [0, 1, 1e24]) func errorsAreBounded(_ error: Double) {
    let operands = Operands(inputs: [[1e30, 0]], shapes: [Shape([2])], resultShape: Shape([2]), constants: [])
    let bounds = SoftmaxOp().roundingError(operands, errors: [[error, 0]], in: .single)
    #expect(bounds.allSatisfy { $0 > 0 && $0 <= 1 }, "\(bounds)")
  }
}
