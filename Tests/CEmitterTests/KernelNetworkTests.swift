import CEmitter
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Numbers
import Schedule
import Targets
import Testing
import TestSupport
import Tiling

private let headers = Repository.path(".build/hls4ml/hls4ml/templates")
private let areInstalled =
  FileManager.default.fileExists(atPath: headers) && FileManager.default.isExecutableFile(atPath: "/usr/bin/g++")

/// Layers of programs, tile by tile on the kernels for synthesis of their projects, in types of the widths that are proved of them.
@Suite(.enabled(if: areInstalled, "no hls4ml and g++: scripts/prepare.sh --tests"))
struct KernelNetworkTests {
  @Test(arguments: [("catapult", 1 as UInt64), ("vitis", 2), ("catapult", 3)])
  func narrowLayers(tool: String, seed: UInt64) throws {
    var random = RandomProgram(seed: seed, name: "layers")
    let input = random.input(MapShape(rows: 9, columns: 8, channels: 5), bits: 8)
    let first = random.linear(input, engine: .conv2D, bits: 4, weightBits: 8)
    let second = random.linear(first, engine: .depthwise, bits: 8, weightBits: 4)
    let third = random.linear(second, engine: .conv2D, bits: 8, weightBits: 5)
    random.markOutputs([random.linear(random.flatten(third), engine: .fullyConnected, weightBits: 4)])
    let (_, accelerator) = try RandomProgram.mixed(seed: seed)
    try check(&random, on: accelerator, tool: tool)
  }

  @Test(arguments: [("vitis", 4 as UInt64), ("catapult", 5)])
  func mixedPrograms(tool: String, seed: UInt64) throws {
    var (random, accelerator) = try RandomProgram.mixed(seed: seed)
    try check(&random, on: accelerator, tool: tool)
  }

  private func check(_ random: inout RandomProgram, on accelerator: Accelerator, tool: String) throws {
    let program = random.program
    let schedule = try Schedule(program, for: accelerator)
    let project = try CProject(CEmitter().project(schedule, vectors: .init(samples: [])))
    let types =
      tool == "vitis"
      ? ["-DQCC_HLS_VITIS", "-isystem", headers + "/vivado/ap_types"]
      : ["-DQCC_HLS_CATAPULT", "-isystem", headers + "/catapult/ac_types/include"]
    let (status, messages) = try project.run(
      "/usr/bin/g++",
      ["-std=c++14", "-O1", "-w", "-Iinclude", "-Ihls"] + types + [
        "hls/st_tops_\(tool).cpp", Repository.path("Tests/hls/player.cpp"), "-o", "player",
      ])
    try #require(status == 0, "\(messages)")
    let tensors = NaiveProgram(program: program).run(random.inputs())
    let tiles = schedule.layers.flatMap { layer in
      layer.nest.tiles(of: layer.shape).map { LayerTile($0, of: layer, input: tensors[layer.instruction.input.index]) }
    }
    try Data(tiles.map(\.line).joined(separator: "\n").utf8).write(to: project.url("tiles"))
    let (ended, output) = try project.run("/bin/sh", ["-c", "./player <tiles"])
    try #require(ended == 0)
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count >= tiles.count && !tiles.isEmpty)
    for (tile, line) in zip(tiles, lines) where tile.tile.finishesAccumulation {
      let words = line.split(separator: " ").compactMap { UInt64($0) }
      #expect(
        tile.codes(of: words) == tile.codes(in: tensors[tile.layer.instruction.output.index]),
        "\(tile.layer.name): \(tile.tile)")
    }
  }
}

/// A tile of a layer with what it reads.
private struct LayerTile {
  let tile: Tile
  let layer: ScheduledLayer
  let input: [Int64]
  private var shape: LinearLayerShape { layer.shape }

  init(_ tile: Tile, of layer: ScheduledLayer, input: [Int64]) {
    self.tile = tile
    self.layer = layer
    self.input = input
  }

  /// As Tests/hls/player.cpp reads it.
  var line: String {
    let inputs = tile.loadsInput ? packed(operands, inputBits) : []
    let weights = tile.loadsWeights ? packed(weights, weightBits) : []
    let (rows, columns) = tile.block.layout
    let (rowWindow, columnWindow) = windows
    let inside: [(before: Int, count: Int)] = [
      rowWindow.map(self.inside) ?? (0, rows), columnWindow.map(self.inside) ?? (0, columns),
    ]
    let shift = LinearLayerShape.limbBits * (tile.inputLimb + tile.weightLimb)
    let clamp = requantization?.clamp ?? 0...0
    let numbers =
      [
        EngineKind.all.firstIndex(of: shape.engine) ?? 0, inputs.count, weights.count, inputBits, weightBits,
        outputBits,
      ]
      + [layer.mode.products, rows, columns, tile.block.pixels, tile.kernelRows.count, tile.kernelColumns.count]
      + [rowWindow?.stride ?? 1, columnWindow?.stride ?? 1, rowWindow?.dilation ?? 1, columnWindow?.dilation ?? 1]
      + [inside[0].before, inside[1].before, inside[0].count, inside[1].count]
      + [tile.inputChannels.count, tile.outputChannels.count]
      + [Int(layer.instruction.paddingCode.balancedDigit(tile.inputLimb)), shift]
      + [tile.startsAccumulation ? 1 : 0, tile.finishesAccumulation ? 1 : 0, requantization == nil ? 1 : 0]
    var words = numbers.map(String.init) + [String(clamp.lowerBound), String(clamp.upperBound)]
    for channel in outputs { words += constants(of: channel).map(String.init) }
    for operand in [inputs, weights] { words += ["\(operand.count)"] + operand.map { "\(Int64(bitPattern: $0))" } }
    let stored = tile.finishesAccumulation ? tile.block.pixels * outputs.count * outputBits : 0
    return (words + ["\((stored + 63) / 64)"]).joined(separator: " ")
  }

  /// The tile's part of the layer's whole output, as fields of `outputBits` bits.
  func codes(in output: [Int64]) -> [Int64] {
    let pixels: [Int] =
      switch tile.block {
      case .grid(let rows, let columns): rows.flatMap { row in columns.map { row * shape.output.columns + $0 } }
      case .pixels(let range, _): Array(range)
      }
    return pixels.flatMap { pixel in outputs.map { field(output[pixel * shape.output.channels + $0]) } }
  }

  /// The same of what the kernel stores; accumulators become codes here.
  func codes(of words: [UInt64]) -> [Int64] {
    let perWord = 64 / outputBits
    return (0..<tile.block.pixels * outputs.count).map { index in
      guard index / perWord < words.count else { return .min }
      let code = Int64(truncatingIfNeeded: words[index / perWord] >> UInt64(index % perWord * outputBits))
      guard requantization == nil, case .requantize(let table) = layer.instruction.stage else { return field(code) }
      return field(table(code, channel: outputs[index % outputs.count]))
    }
  }

  /// The lowest bits.
  private func field(_ code: Int64) -> Int64 { outputBits == 64 ? code : code & (1 << Int64(outputBits) - 1) }

  private var inputBits: Int { LinearLayerShape.storedBits(shape.modeActivationBits) }
  private var weightBits: Int { LinearLayerShape.storedBits(shape.modeWeightBits) }
  private var outputBits: Int { requantization == nil ? 64 : LinearLayerShape.storedBits(shape.outputBits) }
  private var outputs: [Int] { (0..<tile.outputChannels.count).map { tile.outputChannels[$0] } }

  /// What the engine does; tables are not for it.
  private var requantization: Requantization? {
    guard case .requantize(let requantization) = layer.instruction.stage, case .affine = requantization.channels[0]
    else { return nil }
    return requantization
  }

  private func constants(of channel: Int) -> [Int64] {
    let initial = layer.instruction.initial[channel]
    guard case .affine(let affine)? = requantization?.channels[channel] else { return [initial, 0, 0, 0, 0, 0, 0] }
    return [
      initial, affine.multiplier, Int64(truncatingIfNeeded: affine.addend >> 64),
      Int64(truncatingIfNeeded: affine.addend), Int64(affine.shift), affine.rounding == .halfEven ? 1 : 0,
      affine.offset,
    ]
  }

  private var windows: (AxisWindow?, AxisWindow?) {
    guard case .grid(let rows, let columns) = tile.block else { return (nil, nil) }
    return (shape.rows.window(rows, tile.kernelRows), shape.columns.window(columns, tile.kernelColumns))
  }

  /// Loaded rows before the map, and in it.
  private func inside(_ window: AxisWindow) -> (before: Int, count: Int) {
    let extent = window == windows.0 ? shape.input.rows : shape.input.columns
    let places = places(window)
    return (places.prefix { $0 < 0 }.count, places.filter { (0..<extent).contains($0) }.count)
  }

  private func places(_ window: AxisWindow) -> [Int] { (0..<window.count).map { window.first + $0 * window.step } }

  /// Codes of the window that lie in the map.
  private var operands: [Int64] {
    let pixels: [Int] =
      switch tile.block {
      case .grid(let rows, let columns):
        places(shape.rows.window(rows, tile.kernelRows)).filter((0..<shape.input.rows).contains).flatMap { row in
          places(shape.columns.window(columns, tile.kernelColumns)).filter((0..<shape.input.columns).contains)
            .map { row * shape.input.columns + $0 }
        }
      case .pixels(let range, _):
        range.map { pixel in
          let (row, column) = pixel.quotientAndRemainder(dividingBy: shape.output.columns)
          return row * shape.stride.rows * shape.input.columns + column * shape.stride.columns
        }
      }
    return pixels.flatMap { pixel in
      tile.inputChannels.map { input[pixel * shape.input.channels + $0].balancedDigit(tile.inputLimb) }
    }
  }

  /// Tap by tap; words of as many channels, or taps, as are multiplied at once, for each output.
  private var weights: [Int64] {
    let reduced = shape.reducedChannels
    let taps = tile.kernelRows.taps.flatMap { row in tile.kernelColumns.taps.map { row * shape.kernel.columns + $0 } }
    let lines: [[Int]] =
      reduced == 1 && shape.engine.reduction == .ownChannel
      ? [taps] : taps.map { tap in tile.inputChannels.map { tap * reduced + $0 % reduced } }
    let lanes = layer.mode.products
    return lines.flatMap { line in
      stride(from: 0, to: line.count, by: lanes).flatMap { start in
        outputs.flatMap { output in
          line[start..<min(start + lanes, line.count)].map { operand in
            layer.instruction.weights[operand * shape.output.channels + output].balancedDigit(tile.weightLimb)
          }
        }
      }
    }
  }
}

/// Fields one after another in words of 64 bits, the lowest bits first.
private func packed(_ codes: [Int64], _ bits: Int) -> [UInt64] {
  var words = [UInt64](repeating: 0, count: (codes.count * bits + 63) / 64)
  for (index, code) in codes.enumerated() {
    let field = UInt64(bitPattern: code) & (bits == 64 ? .max : 1 << UInt64(bits) - 1)
    words[index * bits / 64] |= field << UInt64(index * bits % 64)
  }
  return words
}
