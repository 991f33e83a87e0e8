import Diagnostics
import Frontends
import JSON
import Presentation
import QTools
import Targets
import Testing
import TestSupport

/// Maps and energies as QKeras 0.9.0's QTools gives them.
struct QKerasTests {
  @Test(arguments: QToolsCases.group("zoo"))
  func zoo(_ expected: QToolsCase) throws { try Self.check(expected) }

  /// References without quantization, inference, other defaults, other sources and memories.
  @Test(arguments: QToolsCases.group("options"))
  func options(_ expected: QToolsCase) throws { try Self.check(expected) }

  /// Every pair of types that can meet; layers of Keras between quantized ones.
  @Test(arguments: QToolsCases.group("networks"))
  func networks(_ expected: QToolsCase) throws { try Self.check(expected) }

  @Test(
    .enabled(if: Repository.models != nil, "the reference networks are not here"), arguments: QToolsCases.reference)
  func referenceNetworks(_ expected: QToolsCase) throws { try Self.check(expected) }

  @Test func nothingIsLeftOut() {
    #expect(QToolsCases.group("zoo").count == 104)
    #expect(QToolsCases.group("zoo").filter { $0.map != nil }.count == 78)
    #expect(QToolsCases.group("options").count == 126)
    #expect(QToolsCases.group("networks").count == 17)
    if Repository.models != nil { #expect(QToolsCases.reference.count == 17) }
  }

  private static func check(_ expected: QToolsCase) throws {
    let map = try DataTypeMap(try Frontends.readTypes(expected.file).model, options: expected.types)
    let text = try jsonText(DataTypeReport(map).map)
    guard let wanted = expected.map else { return }
    let found = try JSONParser.parse(text, at: .init())
    #expect(MapComparison(found, wanted).differences == [])
    if let energy = expected.energy {
      let model = EnergyModel(process: try ProcessFile.load("horowitz"), options: expected.memory)
      let report = EnergyReport(map, model: model)
      for layer in report.layers {
        let values = layer.energy
        #expect(
          energy.layers[layer.name]
            == [values.inputs, values.outputs, values.parameters, values.operations, layer.counted],
          "layer '\(layer.name)'")
      }
      #expect(report.layers.count == energy.layers.count)
      #expect(report.totalCost == energy.total)
      #expect(report.sum == energy.sum)
    }
  }
}
