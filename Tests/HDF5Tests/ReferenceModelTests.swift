import Diagnostics
import Testing

@testable import HDF5
import TestSupport

/// Real networks; where the folder of reference models is missing these tests say that they are skipped.
@Suite(.enabled(if: Repository.models != nil, "no folder ../shared/models"))
struct ReferenceModelTests {
  @Test func kerasModel() throws {
    let folder = try #require(Repository.models)
    let file = try H5File("\(folder)/qtools/cnn_bits.h5")
    let config = try #require(try file.root.attribute("model_config"))
    #expect(config.hasPrefix(#"{"class_name": "Functional""#))
    let weights = try file.root.group("model_weights")
    #expect(try weights.stringArray(attribute: "layer_names")?.prefix(3) == ["input", "qin", "c0"])
    #expect(try weights.group("qin").stringArray(attribute: "weight_names") == [])
    let kernel = try weights.dataset("c0/c0/kernel:0")
    #expect(kernel.shape == [3, 3, 3, 8])
    #expect(kernel.elementType == .float(bits: 32))
    #expect(try kernel.floats.count == 216)
  }

  @Test func onlyWhatIsAskedFor() throws {
    let folder = try #require(Repository.models)
    let file = try H5File("\(folder)/qtools/cnn_bits.golden.h5", only: ["/x", "quantized_weights/c0"])
    #expect(file.root.allDatasets.map(\.path) == ["x", "quantized_weights/c0/bias", "quantized_weights/c0/kernel"])
  }
}
