import Targets
import Tiling

/// Walks the tiles of a layer through the three units of an accelerator, event by event.
///
/// The units hand tiles on through memories with one half (no double buffering) or two: a load takes a half of the
/// operand memories, which the compute gives back at its end; a compute that starts an accumulation takes a half of the
/// accumulator memory, which the store gives back at its end. Without double buffering a single controller loads, computes
/// and stores in turn. `CycleEstimate` says in formulas what comes of it.
struct LayerSimulator {
  private enum Wait { case starved, blocked }

  private let work: [TileWork]
  private let times: [TileTimes]
  private let halves: Int
  private var now: Int
  private var cycles = SimulatedCycles()
  /// When each unit ends what it does; `nil` where it does nothing.
  private var loadEnd: Int?
  private var computeEnd: Int?
  private var storeEnd: Int?
  /// Tiles that have started and that have ended in each unit.
  private var loads = (started: 0, ended: 0)
  private var computes = (started: 0, ended: 0)
  /// The next tile that the store unit looks at, and tiles of its that have ended.
  private var nextStore = 0
  private var accumulating = 0

  /// - Parameter loops: of the tiles, in their order.
  init(work: [TileWork], loops: [KernelLoops], setup: Int, doubleBuffered: Bool) {
    self.work = work
    times = loops.map(TileTimes.init)
    halves = doubleBuffered ? 2 : 1
    now = setup
    skipTilesThatStoreNothing()
  }

  mutating func run() -> SimulatedCycles {
    let setup = now
    (cycles.load.idle, cycles.compute.idle, cycles.store.idle) = (setup, setup, setup)
    while nextStore < work.count || computes.ended < work.count {
      startWhatCan()
      guard let next = [loadEnd, computeEnd, storeEnd].compactMap({ $0 }).min() else {
        preconditionFailure("tiles wait for one another")
      }
      account(next - now)
      now = next
      end()
    }
    cycles.total = now
    return cycles
  }

  private mutating func startWhatCan() {
    if loadEnd == nil, loads.started < work.count, loadWait == nil {
      loadEnd = now + times[loads.started].load
      loads.started += 1
    }
    if computeEnd == nil, computes.started < work.count, computeWait == nil {
      if work[computes.started].startsAccumulation { accumulating += 1 }
      computeEnd = now + times[computes.started].compute
      computes.started += 1
    }
    if storeEnd == nil, nextStore < work.count, storeWait == nil {
      storeEnd = now + times[nextStore].store
    }
  }

  private mutating func end() {
    if loadEnd == now {
      loadEnd = nil
      loads.ended += 1
    }
    if computeEnd == now {
      computeEnd = nil
      computes.ended += 1
    }
    if storeEnd == now {
      storeEnd = nil
      accumulating -= 1
      nextStore += 1
      skipTilesThatStoreNothing()
    }
  }

  /// What keeps a unit that does nothing from its next tile.
  private var loadWait: Wait? {
    if halves == 1, computeEnd != nil || storeEnd != nil || nextStore < loads.started && storeWait == nil {
      return .blocked
    }
    return loads.started - computes.ended < halves ? nil : .blocked
  }

  private var computeWait: Wait? {
    if computes.started >= loads.ended { return .starved }
    return work[computes.started].startsAccumulation && accumulating >= halves ? .blocked : nil
  }

  private var storeWait: Wait? { nextStore < computes.ended ? nil : .starved }

  private mutating func account(_ passed: Int) {
    func add(_ unit: inout SimulatedCycles.Unit, busy: Bool, done: Bool, wait: Wait?) {
      if busy {
        unit.busy += passed
      } else if done {
        unit.idle += passed
      } else {
        switch wait {
        case .starved: unit.starved += passed
        case .blocked: unit.blocked += passed
        case nil: preconditionFailure("a unit that could start did not")
        }
      }
    }
    guard passed > 0 else { return }
    add(&cycles.load, busy: loadEnd != nil, done: loads.started == work.count, wait: loadWait)
    add(&cycles.compute, busy: computeEnd != nil, done: computes.started == work.count, wait: computeWait)
    add(&cycles.store, busy: storeEnd != nil, done: nextStore == work.count, wait: storeWait)
  }

  private mutating func skipTilesThatStoreNothing() {
    while nextStore < work.count, !work[nextStore].finishesAccumulation { nextStore += 1 }
  }
}
