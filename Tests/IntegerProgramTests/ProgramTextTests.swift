import Diagnostics
import IntegerProgram
import IntegerProgramTestSupport
import Testing

@Suite struct ProgramTextTests {
  @Test func oneOfEachInstructionRoundTrips() throws {
    let program = try ProgramParser.program(from: smallProgram)
    #expect(program.text() == smallProgram)
    #expect(program.instructions.count == 9)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func randomProgramsRoundTrip(seed: UInt64) throws {
    let program = try RandomProgram.mixed(seed: seed).0.program
    #expect(try ProgramParser.program(from: program.text()) == program)
  }

  @Test func longConstantsAreElidedOnRequest() throws {
    let program = try ProgramParser.program(
      from: """
        x = input -> [1, 1, 3] -8..7 scale=1
        y = fullyConnected x weights=int4(1, 2, 3, 4, 5, 6) accumulator=-99..99 -> [1, 1, 2] -99..99 scale=1
        output y
        """)
    #expect(program.text(.elided(above: 4)).contains("weights=int4(6 numbers) accumulator"))
  }

  /// Names and numbers at their limits.
  @Test(arguments: [
    "r = requantize x by=clamp(-128..127, half_even((-9223372036854775808 acc - 5) / 2^126) - 3) -> [1, 1, 2] -128..127 scale=1",
    "r = requantize x by=clamp(-1..1, floor((3 acc + 170141183460469231731687303715884105727) / 2^0)) -> [1, 1, 2] -1..1 scale=1",
    "r = requantize x by=clamp(0..0, [steps(5), steps(-1, -7: 2)]) -> [1, 1, 2] 0..0 scale=5e-324",
    "\"two words\" = requantize x name=\"\" by=clamp(0..0, steps(5)) -> [1, 1, 2] 0..0 scale=[0.1, -3] offset=[-0.0, 1e+300]",
    "r = requantize x by=clamp(-1..1, [quotient((3 acc + 1) / 7), quotient((-1 acc - 9) / 1) - 3]) -> [1, 1, 2] -1..1 scale=1",
    "s = minimum x x x coefficients=[[1, 2], -1, 0] offsets=[[0, 3], 0, -7] accumulator=-99..99 -> [1, 1, 2] -99..99 scale=1",
    "m = max_pool x window=[1, 1] padding=[0, 1] accumulator=-9..9 -> [1, 1, 2] -8..7 scale=1 zero_point=-3",
    "c = depthwise x padding=[1, 2] dilation=[3, 4] kernel=[1, 2] weights=int2(1, -1, 0, 1) accumulator=-9..9 -> [1, 1, 2] -9..9 scale=1",
    "c = conv2D x groups=2 weights=int17(65535, 5) input_bits=5 input_limbs=2 weight_limbs=3 accumulator=-9..9 -> [1, 1, 2] -9..9 scale=1",
  ])
  func linesRoundTrip(line: String) throws {
    let text = "program p\nx = input -> [1, 1, 2] -8..7 scale=1\n\(line)\noutput x\n"
    let program = try ProgramParser.program(from: text)
    #expect(try ProgramParser.program(from: program.text()) == program)
    // Attributes in the order in which they are written.
    if !line.hasPrefix("c = depthwise") { #expect(program.text() == text) }
  }

  /// What is said of outputs.
  @Test(arguments: [
    "output x name=\"two words\" scale=[0.25, 3] zero_point=-2 offset=0.5",
    "output x\noutput x name=y shape=[2, 1] host=[elementwise functions=[clip(0, 6), tanh], quantize by=quantized_bits(4,0,1), transpose permutation=[1, 0]]",
  ])
  func outputsRoundTrip(lines: String) throws {
    let text = "program p\nx = input -> [1, 1, 2] -8..7 scale=1\n\(lines)\n"
    #expect(try ProgramParser.program(from: text).text() == text)
  }

  @Test(arguments: [
    ("output x host=[conv]", "'conv' on the host; supported: element-wise operators"),
    ("output x host=[max_pool size=[2, 2]]", "a window of 2x2 is larger"),
    ("output x host=[softmax] name=a b=1", "unknown attribute 'b'"),
    ("y = inptu -> [1, 1, 2] -8..7 scale=1", "unknown instruction 'inptu'"),
    ("y = reshape x", "no tensor; supported: -> [rows, columns, channels] least..most scale=…"),
    ("y = reshape x -> [1, 2] -8..7 scale=1", "[rows, columns, channels]"),
    ("y = reshape x -> [1, 1, 2] 7..-8 scale=1", "cannot be read at '7..-8'; supported: least..most"),
    ("y = reshape x -> [1, 1, 2] -8..7", "no attribute 'scale'"),
    ("y = reshape x -> [1, 1, 2] -8..7 scale=1 color=2", "unknown attribute 'color'"),
    ("y = reshape x x -> [1, 1, 2] -8..7 scale=1", "2 inputs; supported: 1"),
    ("y = reshape z -> [1, 1, 2] -8..7 scale=1", "no tensor 'z' before this line"),
    ("x = reshape x -> [1, 1, 2] -8..7 scale=1", "a second tensor of this name"),
    ("y = sum x x coefficients=[1] accumulator=-9..9 -> [1, 1, 2] -8..7 scale=1", "1 coefficients for 2 inputs"),
    ("y = sum x coefficients=[1] -> [1, 1, 2] -8..7 scale=1", "no attribute 'accumulator'"),
    ("y = requantize x by=floor -> [1, 1, 2] -8..7 scale=1", "'clamp(' here"),
    ("y = requantize x by=clamp(0..1, ceil((1 acc + 2) / 2^3)) -> [1, 1, 2] -8..7 scale=1", "floor((M acc + B) / 2^S)"),
    ("y = requantize x by=clamp(0..1, steps(1, 2)) -> [1, 1, 2] -8..7 scale=1", "a number and a colon"),
    ("y = conv2D x accumulator=-9..9 -> [1, 1, 2] -8..7 scale=1", "no attribute 'weights'"),
    ("y = conv2D x weights=int4(1) accumulator=-9..9 -> [1, 1, 2] -8..7 scale=1", "4 numbers, not 1"),
    ("y = conv2D x weights=int99(1) accumulator=-9..9 -> [1, 1, 2] -8..7 scale=1", "int4(codes)"),
    (
      "y = conv2D x groups=0 weights=int4(1) accumulator=-9..9 -> [1, 1, 2] -8..7 scale=1",
      "a layer of 1 x 1 x 2 x 0 weights"
    ),
    (
      "y = conv2D x kernel=[99999999999, 99999999999] weights=int4(1) accumulator=-9..9 -> [1, 1, 2] -8..7 scale=1",
      "a layer of 99999999999 x 99999999999 x 2 x 2 weights"
    ),
  ])
  func mistakesSayWhatAndWhere(line: String, message: String) {
    let text = "x = input -> [1, 1, 2] -8..7 scale=1\n\(line)\n"
    let problems = #expect(throws: Diagnostics.self) { try ProgramParser.program(from: text, file: "test.program") }
    #expect(problems?.all.count == 1)
    #expect(problems?.description.contains(message) == true, "\(problems?.description ?? "")")
    #expect(problems?.description.contains("test.program:2") == true)
  }

  @Test func oneMistakeIsReportedOnce() {
    let text = "x = input\ny = reshape x -> [1] 0..1 scale=1\nz = sum x y -> [1, 1, 1] 0..1 scale=1\noutput z"
    let problems = #expect(throws: Diagnostics.self) { try ProgramParser.program(from: text) }
    #expect(problems?.all.count == 2, "\(problems?.description ?? "")")
  }
}
