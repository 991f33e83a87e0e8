import Schedule

extension CodeType {
  /// The C type: `uint8_t`
  var name: String { "\(self)_t" }

  /// Of the context's view of all maps of this type: `u8`
  var view: String { (isSigned ? "s" : "u") + "\(bits)" }
}
