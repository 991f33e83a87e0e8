import IntegerProgram

/// From which to which instruction each tensor is in use: inputs from -1 on, outputs up to the program's end.
package struct Lifetimes: Sendable {
  /// By tensor; nil where nothing makes it.
  private var lives: [ClosedRange<Int>?]
  private var roots: [TensorID]

  /// - Parameter sharingReshapes: whether a reshape's output lives in its input, which then lives as long as both.
  package init(_ program: IntegerProgram, sharingReshapes: Bool = true) {
    lives = Array(repeating: nil, count: program.tensors.count)
    roots = program.tensors.indices.map { TensorID($0) }
    for input in program.inputs { lives[input.index] = -1 ... -1 }
    for (step, instruction) in program.instructions.enumerated() {
      for input in instruction.inputs { extend(input, to: step) }
      if sharingReshapes, case .reshape(let reshape) = instruction {
        roots[reshape.output.index] = root(of: reshape.input)
      } else {
        lives[instruction.output.index] = step...step
      }
    }
    for output in program.outputs { extend(output.tensor, to: program.instructions.count) }
  }

  /// Lets outputs of elementwise instructions live in an input that nothing reads later and that is no input of the program.
  ///
  /// - Parameter areAsWide: whether an input's and an output's codes take as many bytes.
  package mutating func workInPlace(
    in program: IntegerProgram, _ areAsWide: (_ input: TensorID, _ output: TensorID) -> Bool
  ) {
    for (step, instruction) in program.instructions.enumerated() {
      let free = instruction.inputsReadInPlace.first { input in
        guard let life = lives[root(of: input).index] else { return false }
        return life.lowerBound >= 0 && life.upperBound == step && areAsWide(input, instruction.output)
      }
      guard let free, let life = lives[instruction.output.index] else { continue }
      let place = root(of: free)
      roots[instruction.output.index] = place
      lives[instruction.output.index] = nil
      extend(place, to: life.upperBound)
    }
  }

  private mutating func extend(_ tensor: TensorID, to step: Int) {
    let root = roots[tensor.index].index
    if let life = lives[root] { lives[root] = life.lowerBound...step }
  }

  /// The tensor in which this one lives.
  package func root(of tensor: TensorID) -> TensorID {
    var root = roots[tensor.index]
    while roots[root.index] != root { root = roots[root.index] }
    return root
  }

  /// nil for what lives in another tensor.
  package subscript(tensor: TensorID) -> ClosedRange<Int>? { lives[tensor.index] }
}
