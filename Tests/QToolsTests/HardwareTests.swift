import Compiler
import Diagnostics
import Foundation
import Frontends
import JSON
import Performance
import QTools
import Targets
import Testing
import TestSupport

/// What stands beside QTools' answers.
struct HardwareTests {
  /// Widths from QKeras' own quantized weights (`accumulators` in make.py).
  @Test func accumulators() throws {
    let networks = try QToolsCases.read("\(Repository.testdata)/qtools/accumulators.json")
    #expect(networks.count == 3)
    for network in networks {
      let report = try Self.types("zoo/\(network.key)")
      guard case .object(let widths) = network.value else { continue }
      #expect(widths.count == 7)
      for width in widths {
        let layer = report.layers.first { $0.name == width.key }
        let needed = layer?.hardware?.accumulatorBits
        #expect(needed.map(Double.init) == width.value.number, "\(network.key) \(width.key)")
        #expect(layer?["accumulator"]?.bits == needed.map { $0 + (layer?.hardware?.accumulatorBitsSaved ?? 0) })
      }
    }
  }

  @Test func modesAreThoseOfTheTiles() throws {
    let file = "\(Repository.testdata)/digits_conv_affine.h5"
    let compilation = try Compiler().compile(Frontends.read(file))
    let tiles = try TileReport(compilation.schedule, model: .stated)
    let types = try Self.types("digits_conv_affine")
    let energy = try Self.energy("digits_conv_affine", options: .init())
    #expect(tiles.layers.count == 5)
    for tile in tiles.layers {
      #expect(types.layers.first { $0.name == tile.name }?.hardware?.mode == tile.mode)
      #expect(energy.layers.first { $0.name == tile.name }?.hardware?.mode == tile.mode)
    }
    #expect(energy.layers.filter { $0.hardware != nil }.count == tiles.layers.count)
    #expect(energy.note == nil)
  }

  /// Layers of one tile move every code once, two or four to a word of 16 bits.
  @Test func bytesOfOneTile() throws {
    let file = "\(Repository.testdata)/digits_conv_affine.h5"
    let compilation = try Compiler().compile(Frontends.read(file))
    let tiles = try TileReport(compilation.schedule, model: .stated)
    let types = try Self.types("digits_conv_affine")
    let energy = try Self.energy("digits_conv_affine", options: .init())
    var count = 0
    for tile in tiles.layers where tile.tiles == 1 && tile.name != "classifier" {
      let layer = try #require(types.layers.first { $0.name == tile.name })
      let bytes = try #require(energy.layers.first { $0.name == tile.name }?.hardware?.bytes)
      guard case .extents(let kernel)? = layer["weight_quantizer"]?.shape else { continue }
      let width = try #require(Int(tile.mode.suffix(1)))
      #expect(bytes.parameters == kernel.reduce(1, *) * width / 8, "\(tile.name)")
      count += 1
    }
    #expect(count == 3)
  }

  /// Weights in DRAM cost what their bytes cost there.
  @Test func memoriesCount() throws {
    var options = EnergyModel.Options()
    options.weightsOn = .dram
    let process = try ProcessFile.load("horowitz")
    for layer in try Self.energy("digits_conv_affine", options: options).layers {
      guard let hardware = layer.hardware else { continue }
      let expected = process.dramRead(Double(hardware.bytes.parameters) * 8)
      #expect(abs(hardware.energy.parameters - expected) <= 0.005)
    }
  }

  /// A network that is not lowered has QTools' answers and a reason.
  @Test func withoutProgram() throws {
    let report = try Self.types("refused/unquantized_middle")
    #expect(report.note?.contains("unquantized") == true, "\(report.note ?? "")")
    #expect(report.layers.allSatisfy { $0.hardware == nil })
    #expect(report.layers.contains { $0["accumulator"] != nil })
    // Layers and weights that are not even imported.
    for (name, reason) in [("zoo/bernoulli_random", "random"), ("qtools/unmodelled", "for a tensor of 3 axes")] {
      let report = try Self.types(name)
      #expect(report.note?.contains(reason) == true, "\(report.note ?? "")")
      #expect(report.layers.count > 3)
    }
    #expect(throws: Diagnostics.self) { try Frontends.readTypes("\(Repository.testdata)/refused/lambda_layer.h5") }
  }

  @Test func wrongTargetIsNoNote() {
    var options = Compiler.Options()
    options.target = "nowhere"
    let file = "\(Repository.testdata)/digits_dense.h5"
    #expect(throws: Diagnostics.self) { try HardwareUse(try Frontends.readTypes(file), options: options) }
  }

  private static func types(_ name: String) throws -> DataTypeReport {
    let model = try Frontends.readTypes("\(Repository.testdata)/\(name).h5")
    return DataTypeReport(
      try DataTypeMap(model.model, options: .init()), hardware: try HardwareUse(model, options: .init()))
  }

  private static func energy(_ name: String, options: EnergyModel.Options) throws -> EnergyReport {
    let model = try Frontends.readTypes("\(Repository.testdata)/\(name).h5")
    return EnergyReport(
      try DataTypeMap(model.model, options: .init()),
      model: EnergyModel(process: try ProcessFile.load("horowitz"), options: options),
      hardware: try HardwareUse(model, options: .init())
    )
  }
}
