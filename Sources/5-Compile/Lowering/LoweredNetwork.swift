import IntegerProgram
import Numbers
import Prover
import QIR
import Quantization

/// A program and how it hangs together with the graph that it came from.
package struct LoweredNetwork: Sendable {
  /// A tensor that the host fills: the graph's input through a quantizer.
  package struct Input: Sendable {
    package var tensor: TensorID
    package var graphInput: NodeID
    package var quantization: ProgramQuantization
  }

  /// A tensor whose codes stand exactly for a node's values, as `encoding` says.
  package struct Meaning: Sendable {
    package var tensor: TensorID
    package var node: NodeID
    package var encoding: Encoding
    /// Where a quantizer made the codes.
    package var quantization: ProgramQuantization?
  }

  /// A requantization with how much of it was proved.
  package struct Proof: Sendable {
    /// The tensor of its codes.
    package var layer: String
    package var channels: Int
    package var proved: Int
    /// What the requantization was proved equal to: one for all channels or one per channel.
    package var ideals: [IdealFunction]

    package init(layer: String, channels: Int, proved: Int, ideals: [IdealFunction] = []) {
      self.layer = layer
      self.channels = channels
      self.proved = proved
      self.ideals = ideals
    }
  }

  package var program: IntegerProgram
  /// By instruction: the node that it computes, before what is fused with it.
  package var instructionNodes: [NodeID]
  /// The typed graph that was lowered.
  package var graph: Graph
  package var inputs: [Input]
  /// In program order; inputs included.
  package var meanings: [Meaning]
  package var proofs: [Proof]
  /// The node whose exact values each program output's codes stand for.
  package var outputNodes: [NodeID]
}
