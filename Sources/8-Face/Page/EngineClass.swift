/// The class that colours what belongs to an engine.
func engineClass(_ engine: String?) -> String {
  switch engine {
  case "2DConv": "conv"
  case "DWConv": "depthwise"
  case "FC": "dense"
  default: "other"
  }
}
