import QIR
import Testing

@Suite struct PermutationTests {
  /// NumPy: x = arange(24).reshape(2, 3, 4); x.transpose(2, 0, 1).ravel()
  @Test func elementsGoWhereNumPyPutsThem() {
    let expected = [
      0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23,
    ]
    let shape = Shape([2, 3, 4])
    #expect(shape.permuted(by: [2, 0, 1]) == Shape([4, 2, 3]))
    #expect(shape.permute(Array(0..<24), by: [2, 0, 1]) == expected)
    #expect(Shape([]).permute([5], by: []) == [5])
  }

  @Test func fileOrderAndBack() {
    var node = Node(name: "x", op: IdentityOp(), inputs: [], shape: Shape([2, 3, 4]), identity: TensorIdentity(0))
    #expect(node.fileShape == node.shape && node.inFileOrder([7]) == [7])
    // [rows, columns, channels] that the file keeps as [channels, rows, columns].
    node.fileAxes = [2, 0, 1]
    #expect(node.fileShape == Shape([4, 2, 3]))
    let elements = Array(0..<24)
    // Channel 0 of every pixel comes first.
    #expect(node.inFileOrder(elements).prefix(6) == [0, 4, 8, 12, 16, 20])
    #expect(node.fromFileOrder(node.inFileOrder(elements)) == elements)
  }
}
