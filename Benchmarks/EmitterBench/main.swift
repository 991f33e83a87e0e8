// Times the emission of the reference networks with random weights (best of 20 runs), and writes the projects where a
// folder is given.
import Backend
import CEmitter
import Foundation
import IntegerProgram
import Numbers
import Schedule
import Targets
import TilingTestSupport

/// A network's linear layers as a program, one after another; a layer that does not fit its predecessor gets an input.
func program(of network: ReferenceNetwork) -> IntegerProgram {
  var generator = SystemRandomNumberGenerator()
  var program = IntegerProgram(name: network.name)
  func signed(_ bits: Int) -> ClosedRange<Int64> { -(1 << Int64(bits - 1))...(1 << Int64(bits - 1)) - 1 }
  func shape(_ map: MapExtents) -> MapShape { MapShape(rows: map.rows, columns: map.columns, channels: map.channels) }
  var previous: TensorID?
  for (index, layer) in network.layers.enumerated() {
    var source = previous
    if let id = previous, program[id].shape.elements != layer.input.elements { source = nil }
    let range = signed(layer.activationBits)
    let input =
      source
      ?? program.add(
        ProgramTensor(name: "input \(index)", shape: shape(layer.input), range: range, encoding: .init(scales: [0.1])))
    if source == nil { program.inputs.append(input) }
    let taps = layer.kernel.rows * layer.kernel.columns * layer.reducedChannels
    let weights = (0..<taps * layer.output.channels).map { _ in
      Int64.random(in: signed(layer.weightBits), using: &generator)
    }
    let bound = Int64(taps) << Int64(layer.activationBits + layer.weightBits - 3)
    let isLast = index == network.layers.count - 1
    let codes = isLast ? -bound...bound : signed(network.layers[index + 1].activationBits)
    let shift = 20 + max(0, Int64.bitWidth - bound.leadingZeroBitCount - layer.activationBits)
    let requantizers = PerChannel(channels: layer.output.channels) { _ in
      Requantizer.affine(
        AffineRequantizer(
          multiplier: Int64.random(in: 1 << 19...1 << 21, using: &generator),
          addend: Int128(Int64.random(in: 0...1 << 20, using: &generator)), shift: shift))
    }
    let output = program.add(
      ProgramTensor(name: "layer \(index)", shape: shape(layer.output), range: codes, encoding: .init(scales: [0.1])))
    program.instructions.append(
      .linear(
        LinearInstruction(
          name: "layer \(index)", input: input, output: output, shape: layer, paddingCode: 0,
          weights: IntegerArray(weights),
          initial: Array(repeating: 0, count: layer.output.channels), accumulatorRange: -bound...bound,
          stage: isLast ? .accumulator : .requantize(Requantization(channels: requantizers, clamp: codes)))))
    previous = output
  }
  program.outputs = previous.map { [program.output($0)] } ?? []
  return program
}

let accelerator = try TargetFile.load("stmac")
for network in ReferenceNetwork.all {
  let program = program(of: network)
  let schedule = try Schedule(program, for: accelerator)
  let tensors = program.tensors.map { tensor in
    (0..<tensor.shape.elements).map { _ in Int64.random(in: tensor.range) }
  }
  let vectors = TestVectors(samples: (0..<2).map { _ in .init(tensors: tensors, of: program) })
  var best = Duration.seconds(3600)
  var project = try CEmitter().project(schedule, vectors: vectors)
  for _ in 0..<20 {
    best = min(
      best,
      try ContinuousClock().measure {
        project = try CEmitter().project(schedule, vectors: vectors)
      })
  }
  let bytes = project.files.reduce(0) { $0 + $1.contents.count }
  let time = (best / .microseconds(1)).rounded() / 1000
  print(
    "\(network.name): \(time) ms, \(bytes) bytes in \(project.files.count) files, maps \(schedule.storage.bytes) bytes")
  guard CommandLine.arguments.count > 1 else { continue }
  let folder = URL(fileURLWithPath: CommandLine.arguments[1]).appendingPathComponent(project.name)
  for file in project.files {
    let url = folder.appendingPathComponent(file.path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(file.contents).write(to: url)
  }
  let batch = BatchFile(schedule)
  let inputs = program.inputs.map { tensors[$0.index] }
  try Data((0..<64).flatMap { _ in batch.encode(inputs: inputs) }).write(to: folder.appendingPathComponent("samples"))
}
