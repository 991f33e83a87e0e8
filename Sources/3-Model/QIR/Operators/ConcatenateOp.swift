import Diagnostics
import Text

/// Tensors one after another along an axis (Keras `Concatenate`).
package struct ConcatenateOp: MovingOperator {
  package static let mnemonic = "concatenate"
  package static let kerasClass = "Concatenate"
  /// Counted without the batch.
  package var axis: Int

  package init(axis: Int) {
    self.axis = axis
  }

  package var kind: OperatorKind { .concatenate(self) }
  package var motion: Motion { .concatenates(axis: axis) }
  package func changesNothing(in inputs: [Shape]) -> Bool { inputs.count == 1 }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard let first = inputs.first, first.extents.indices.contains(axis),
      inputs.allSatisfy({ other in
        other.rank == first.rank
          && other.extents.indices.allSatisfy { $0 == axis || other.extents[$0] == first.extents[$0] }
      })
    else {
      throw Diagnostic(
        "concatenation of shapes \(inputs.map(\.description).joined(separator: ", ")) along axis \(axis + 1)",
        at: location, supported: "shapes that differ along that axis only; the batch is axis 0")
    }
    var shape = first
    shape.extents[axis] = inputs.reduce(0) { $0 + $1.extents[axis] }
    return shape
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    let shapes = operands.shapes.map(\.extents)
    let runs = shapes.map { $0[axis...].reduce(1, *) }
    let blocks = shapes[0][..<axis].reduce(1, *)
    return (0..<blocks).flatMap { block in
      zip(operands.inputs, runs).flatMap { input, run in input[(block * run)..<((block + 1) * run)] }
    }
  }

  package func write(to writer: inout AttributeWriter) { writer.write("axis", axis) }

  package init(_ reader: inout AttributeReader) throws { self.init(axis: try reader.read("axis")) }
}
