import Foundation
import Targets
import TestSupport
import Testing
import Tiling

/// The kernels for synthesis, built for an accelerator with a tool's own types, beside the runtime's engines (`Tests/hls/tiles.cpp`).
struct KernelBench {
  enum Tool: String, CaseIterable {
    case vitis, catapult, esp

    fileprivate var flags: [String] {
      switch self {
      case .vitis: ["-DQCC_HLS_VITIS", "-isystem", Self.headers + "/vivado/ap_types"]
      case .catapult: ["-DQCC_HLS_CATAPULT", "-isystem", Self.headers + "/catapult/ac_types/include"]
      case .esp: Self.catapult.flags + ["-DST_ESP"]
      }
    }

    /// Where scripts/prepare.sh puts the types of both tools.
    private static let headers = Repository.path(".build/hls4ml/hls4ml/templates")

    static let areInstalled =
      FileManager.default.isExecutableFile(atPath: "/usr/bin/g++") && FileManager.default.fileExists(atPath: headers)
  }

  /// What the bench counts of a tile.
  struct Count: Hashable {
    var input, weights, compute, store: Int
    /// Accesses of a bank's port beyond the first of a turn.
    var conflicts: Int
    /// Codes that are not the runtime's.
    var differences: Int
  }

  private let folder: Folder

  init(_ tool: Tool, for accelerator: Accelerator) throws {
    folder = try Folder()
    // Headers find the configuration that lies beside them.
    for part in ["include", "engines", "hls"] {
      try FileManager.default.copyItem(
        atPath: Repository.path("Runtime/\(part)"), toPath: "\(folder.path)/\(part)")
    }
    try Self.configuration(accelerator).write(
      toFile: folder.path + "/include/st_config.h", atomically: true, encoding: .utf8)
    let arithmetic = Repository.path("Runtime/st_arithmetic.c")
    try run("gcc -std=c99 -O2 -Iinclude -Iengines -c engines/*.c \(arithmetic)")
    let warnings = "-Wall -Wextra -Werror -Wno-unknown-pragmas -Wno-uninitialized -Wno-maybe-uninitialized"
    try run(
      "g++ -std=c++14 -O1 \(warnings) -DST_COUNT \(tool.flags.joined(separator: " ")) -Iinclude -Ihls"
        + " hls/st_tops_\(tool.rawValue).cpp \(Repository.path("Tests/hls/tiles.cpp")) *.o -o tiles")
  }

  func count(_ tiles: [KernelTile]) throws -> [Count] {
    try tiles.map(\.line).joined(separator: "\n").write(
      toFile: folder.path + "/in", atomically: true, encoding: .utf8)
    let lines = try run("./tiles <in").split(separator: "\n")
    let counts = try lines.map { line in
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      try #require(numbers.count == 6)
      return Count(
        input: numbers[0], weights: numbers[1], compute: numbers[2], store: numbers[3], conflicts: numbers[4],
        differences: numbers[5])
    }
    try #require(counts.count == tiles.count)
    return counts
  }

  @discardableResult
  private func run(_ command: String) throws -> String {
    let result = try Shell.run(command, in: folder.path)
    try #require(result.status == 0, "\(command): \(result.errors)")
    return result.output
  }

  /// The runtime's own configuration with other sizes.
  private static func configuration(_ accelerator: Accelerator) throws -> String {
    var sizes = ["ST_BUS_BYTES": accelerator.cycles.busBytesPerCycle]
    sizes["ST_REQUANTIZERS"] = accelerator.cycles.requantizedPerCycle
    for engine in accelerator.engines {
      for size in engine.kind.runtime.sizes {
        sizes["ST_\(engine.kind.runtime.macro)_\(size.name)"] = size.value(engine)
      }
    }
    let text = try String(contentsOfFile: Repository.path("Runtime/include/st_config.h"), encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == "#define", let size = sizes[String(words[1])] else { return String(line) }
      return "#define \(words[1]) \(size)"
    }.joined(separator: "\n")
  }
}

/// What a tile is to a kernel: its geometry without its place in the layer.
struct KernelTile: Hashable {
  let line: String

  init(_ tile: Tile, of shape: LinearLayerShape, mode: MultiplierMode) {
    let engine = EngineKind.all.firstIndex(of: shape.engine) ?? 0
    let modeNumber =
      switch mode.products {
      case 1: mode.narrowBits > 8 ? 0 : 1
      case 2: mode.narrowBits > 4 ? 2 : 3
      default: 4
      }
    let bits = [shape.modeActivationBits, shape.modeWeightBits, shape.outputBits].map(LinearLayerShape.storedBits)
    let (rows, columns) = tile.block.layout
    var isRun = 0
    var windows = [AxisWindow?](repeating: nil, count: 2)
    switch tile.block {
    case .grid(let rows, let columns):
      windows = [shape.rows.window(rows, tile.kernelRows), shape.columns.window(columns, tile.kernelColumns)]
    case .pixels: isRun = 1
    }
    let (strides, dilations) = (windows.map { $0?.stride ?? 1 }, windows.map { $0?.dilation ?? 1 })
    let axes = zip([shape.input.rows, shape.input.columns], windows).flatMap { map, window in
      window.map { [map, $0.first, $0.step, $0.count] } ?? [0, 0, 0, 0]
    }
    let shift = LinearLayerShape.limbBits * (tile.inputLimb + tile.weightLimb)
    let isRaw = shape.outputBits > 16 ? 1 : 0
    let numbers =
      [engine, modeNumber] + bits + [rows, columns, tile.block.pixels, isRun]
      + [tile.kernelRows.count, tile.kernelColumns.count] + strides + dilations + axes
      + [tile.inputChannels.count, tile.outputChannels.count, shift, isRaw]
    line = numbers.map(String.init).joined(separator: " ")
  }
}
