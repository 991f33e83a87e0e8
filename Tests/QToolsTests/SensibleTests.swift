import Frontends
import JSON
import Presentation
import QTools
import Quantization
import Targets
import Testing
import TestSupport

/// Answers where QKeras has none, or too small ones.
struct SensibleTests {
  /// Folded layers count like what QKeras says of their twins without folding.
  @Test func foldedLikeTheirTwins() throws {
    let cases = QToolsCases.group("networks")
    let twin = try #require(cases.first { $0.name == "unfolded" })
    let folded = try #require(cases.first { $0.name == "folded" })
    var options = folded.types
    options.isQToolsCompatible = false
    let map = try DataTypeMap(try Frontends.readTypes(folded.file).model, options: options)
    let text = try jsonText(DataTypeReport(map).map)
    let found = try JSONParser.parse(text.replacing("Batchnorm\"", with: "\""), at: .init())
    #expect(MapComparison(found, try #require(twin.map)).differences == [])

    let energy = try #require(twin.energy)
    let report = EnergyReport(
      map, model: EnergyModel(process: try ProcessFile.load("horowitz"), options: .init())
    )
    for layer in report.layers {
      let values = layer.energy
      #expect(
        energy.layers[layer.name]
          == [values.inputs, values.outputs, values.parameters, values.operations, layer.counted])
    }
    #expect(report.sum == energy.sum)
    // Not a comparison of nothing with nothing.
    #expect((energy.layers["d1"] ?? [])[3] > 0 && (folded.energy?.layers["d1"] ?? [])[3] == 0)
  }

  /// Quantizers that QTools refuses have the type of their codes.
  @Test(arguments: [
    ("sigmoid", "u6:0"), ("hswish", "s8:4"), ("affine_maps", "s4:2"),
  ])
  func refusedQuantizers(_ name: String, _ type: String) throws {
    let report = try Self.report("zoo/\(name)")
    let types = Set(report.layers.filter { $0.type == "QActivation" }.map(\.output.description))
    #expect(types.contains(type), "\(types)")
  }

  @Test func everyCallAndEveryInnerLayerIsALine() throws {
    let shared = try Self.report("zoo/shared_layer").layers
    #expect(shared.filter { $0.type == "QConv2D" && $0.operations ?? 0 > 0 }.count >= 2)
    let nested = try Self.report("zoo/nested_model").layers
    #expect(nested.contains { $0.name.contains("/") && $0.operations ?? 0 > 0 })
    // What the inner model hands out is what stands behind it reads.
    for layer in nested { #expect(!layer.inputs.isEmpty) }
  }

  /// A dense layer at each position of a feature map.
  @Test func denseOnAMap() throws {
    let layers = try Self.report("zoo/dense_on_map").layers.filter { $0.type == "QDense" }
    #expect(!layers.isEmpty)
    for layer in layers {
      guard case .extents(let output)? = layer.output.shape,
        case .extents(let kernel)? = layer["weight_quantizer"]?.shape
      else { continue }
      #expect(layer.operations == output.dropFirst().reduce(1, *) * kernel[0])
    }
  }

  /// Widths that double from layer to layer end somewhere.
  @Test func widthsAreBounded() {
    var type = DataType.fixedPoint(bits: 8, integerBits: 0)
    for _ in 0..<200 { type = Operation.multiplier(type, type).output }
    #expect(type.bits == 1 << 30)
    let power = DataType(.powerOfTwo, bits: 100, integerBits: 100, isSigned: true)
    #expect(Operation.multiplier(power, type).output.bits == 1 << 30)
    #expect(Operation.accumulator(of: type, kernel: [3, 3, 8, 4], hasBias: true).output.bits == 1 << 30)
  }

  private static func report(_ name: String) throws -> DataTypeReport {
    let model = try Frontends.readTypes("\(Repository.testdata)/\(name).h5")
    return DataTypeReport(try DataTypeMap(model.model, options: .init()))
  }
}
