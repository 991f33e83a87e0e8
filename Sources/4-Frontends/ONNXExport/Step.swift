import ONNX

/// An operator of the model without the tensors that it reads and makes.
struct Step {
  var operatorType: String
  var domain = ""
  /// Inputs behind the first.
  var constants: [String] = []
  var attributes: [(name: String, value: ONNXAttribute)] = []
  /// Takes the tensor that entered this many steps before it as well.
  var joins: Int?
  /// Of its result.
  var type = ONNXElementType.float
  /// What its result is called where another step follows.
  var suffix = "step"
  /// The first operator set that has it in this form.
  var opset = 13

  init(
    _ operatorType: String, domain: String = "", constants: [String] = [],
    attributes: [(name: String, value: ONNXAttribute)] = [], joins: Int? = nil, type: ONNXElementType = .float,
    suffix: String = "step", opset: Int = 13
  ) {
    self.operatorType = operatorType
    self.domain = domain
    self.constants = constants
    self.attributes = attributes
    self.joins = joins
    self.type = type
    self.suffix = suffix
    self.opset = opset
  }
}
