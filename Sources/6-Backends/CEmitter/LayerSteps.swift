import Schedule
import Targets
import Tiling

/// What an engine does for a layer, as `st_execute` reads it: tables of the slices of its axes, and steps that name slices. A step
/// starts a pass; loads what the next pass needs, which does not depend on it; and, when it has ended, stores a tile.
struct LayerSteps {
  /// As `st_accelerator.h` has them.
  private enum Flag {
    static let pass = 0x1
    static let begin = 0x2
    static let load = 0x4
    static let weights = 0x8
    static let store = 0x10
    static let firstAxis = 0x20
  }

  /// First and count of each slice.
  private(set) var rows: [Int] = []
  private(set) var columns: [Int] = []
  private(set) var outputs: [Int] = []
  private(set) var inputs: [Int] = []
  /// The numbers of a window for each slice and each part of the kernel; none where tiles are runs of pixels.
  private(set) var rowWindows: [Int] = []
  private(set) var columnWindows: [Int] = []
  private(set) var kernelRows: [Int] = []
  private(set) var kernelColumns: [Int] = []
  private(set) var steps: [Int] = []
  /// The most that the C goes through: ST_STEPS_LIMIT.
  static let limit = 1 << 22

  /// One more than passes: the first only loads.
  private(set) var count = 0

  init(_ layer: ScheduledLayer) {
    let nest = layer.nest
    let shape = layer.shape
    let none = [TileSlice(start: 0, count: 1)]
    func slices(_ axis: TileAxis) -> [TileSlice] { nest.slices(axis) ?? none }
    func numbers(_ slices: [TileSlice]) -> [Int] { slices.flatMap { [$0.start, $0.count] } }
    rows = numbers(slices(nest.width == nil ? .rows : .pixels))
    columns = numbers(slices(.columns))
    kernelRows = slices(.kernelRows).map(\.count)
    kernelColumns = slices(.kernelColumns).map(\.count)
    if nest.width == nil {
      rowWindows = Self.windows(shape.rows, slices(.rows), slices(.kernelRows))
      columnWindows = Self.windows(shape.columns, slices(.columns), slices(.kernelColumns))
    }
    (inputs, outputs) = Self.channels(of: layer)
    writeSteps(of: nest)
  }

  /// All numbers that are stored as extents.
  var extents: [[Int]] {
    [rows, columns, outputs, inputs, rowWindows, columnWindows, kernelRows, kernelColumns, steps]
  }

  /// First, step and count of the rows (or columns) that are loaded, and stride and dilation of what reads them.
  private static func windows(_ axis: LinearLayerShape.Axis, _ outputs: [TileSlice], _ parts: [TileSlice]) -> [Int] {
    outputs.flatMap { output in
      parts.flatMap { part in
        let window = axis.window(output.range, part)
        return [window.first, window.step, window.count, window.stride, window.dilation]
      }
    }
  }

  /// Slices of channels, of all groups or passes over a channel.
  private static func channels(of layer: ScheduledLayer) -> (inputs: [Int], outputs: [Int]) {
    let tiles = TileMaker(layer.nest, of: layer.shape)
    func numbers(_ axes: [TileAxis], _ range: (Tile) -> (Int, Int)) -> [Int] {
      Self.indexes(axes.map { ($0, layer.nest.slices($0)?.count ?? 1) }).flatMap { index in
        let (first, count) = range(tiles.tile(at: index))
        return [first, count]
      }
    }
    return (
      numbers(inputAxes) { ($0.inputChannels.lowerBound, $0.inputChannels.count) },
      numbers(outputAxes) { ($0.outputChannels.first, $0.outputChannels.count) }
    )
  }

  /// What the slices of input and of output channels are counted over, the last fastest: channels and passes are cut where groups,
  /// inputs and outputs are not.
  private static let inputAxes: [TileAxis] = [.groups, .inputs, .channels]
  private static let outputAxes: [TileAxis] = [.groups, .outputs, .channels, .passes]

  private static func indexes(_ axes: [(axis: TileAxis, count: Int)]) -> [TileIndex] {
    axes.reduce([TileIndex()]) { indexes, next in
      indexes.flatMap { index in
        (0..<next.count).map {
          var index = index
          index[next.axis] = $0
          return index
        }
      }
    }
  }

  // MARK: Steps

  private mutating func writeSteps(of nest: TileNest) {
    let axes = Self.axes.map { axes in axes.map { ($0, nest.slices($0)?.count ?? 1) } }
    let weightAxes = nest.cuts.filter { TileOperand.weights.depends(on: $0.axis) }.map { ($0.axis, $0.slices.count) }
    var held = axes.map { _ in 0 }
    // What follows the pass that was told last, or the beginning.
    var flags = 0
    var begins = false
    var loads = 0
    nest.run { command, index in
      switch command {
      case .begin: begins = true
      case .load(.input): loads |= Flag.load
      case .load(.weights): loads |= Flag.weights
      case .store: flags |= Flag.store
      case .pass:
        let place = axes.map { Self.number(of: $0, at: index) }
        var named: [Int] = []
        for (axis, number) in place.enumerated() where number != held[axis] {
          loads |= Flag.firstAxis << axis
          named.append(number)
        }
        held = place
        if loads & Flag.weights != 0 { named.append(Self.number(of: weightAxes, at: index)) }
        steps.append(flags | loads)
        steps += named
        count += 1
        flags = Flag.pass | (begins ? Flag.begin : 0)
        (begins, loads) = (false, 0)
      }
    }
    steps.append(flags)
    count += 1
  }

  /// What the numbers of a step's slices are counted over, in the order of its flags.
  private static let axes: [[TileAxis]] = [
    [.rows, .pixels], [.columns], outputAxes, inputAxes, [.kernelRows], [.kernelColumns], [.inputLimb], [.weightLimb],
  ]

  private static func number(of axes: [(axis: TileAxis, count: Int)], at index: TileIndex) -> Int {
    axes.reduce(0) { $0 * $1.count + index[$1.axis] }
  }
}
