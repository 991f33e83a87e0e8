import IntegerProgram
import Testing

@Suite struct ProgramPrinterTests {
  @Test func oneLinePerInstruction() {
    let program = smallProgram()
    #expect(
      program.text == """
        program 'small'
        input %0 'input' 4x4x2 s4
        %1 'conv' 4x4x3 s8 = conv2D %0, kernel 3x3, padding 1,1 code 0, weights s8, accumulator s16, \
        requantize M s5 S 7..8 floor, clamp -128..127
        %2 'narrow' 4x4x3 s4 = requantize %1, tables of 3 thresholds, clamp -8..7
        %3 'sum' 4x4x3 s11 = sum 3 * %1 + -20 * %2, accumulator s11, as it is
        %4 'pool' 2x4x3 s11 = window sum %1, window 2x2, stride 2x1, padding 0,1, accumulator s11, of 2 as it is, \
        of 4 as it is
        %5 'joined' 4x4x3 s11 = concatenate axis 0: %4, -1 * %4 + 5
        %6 'padded' 5x5x3 s4 = pad %2 at 1,0 code -1
        %7 'flat' 1x1x48 s11 = reshape %5
        output %7
        output %6

        """)
  }
}
