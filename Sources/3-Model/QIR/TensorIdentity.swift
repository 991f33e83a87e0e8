/// Which tensor a node makes, whatever graph it stands in and whatever it is called there. Passes keep it where the tensor
/// stays the same; what a pass makes anew has an identity that the graphs before it do not have. So results of one graph
/// are joined with those of another.
package struct TensorIdentity: Hashable, Sendable {
  private let number: Int

  package init(_ number: Int) {
    self.number = number
  }

  var next: TensorIdentity { TensorIdentity(number + 1) }
}
