// What a row of the array is: the row of a multiplication in two's complement, up to what it is with zero operands. Its bit of
// the reversed port has the weight 2^(ROW mod bits) in its operand, or minus that as a sign.
module row_lemma #(parameter ROW = 0) (input [15:0] a, input bit_, input lanes2, input lanes4, output ok);
  wire [15:0] products, zero;
  array_row #(.ROW(ROW)) row(a, bit_, lanes2, lanes4, products);
  array_row #(.ROW(ROW)) none(16'd0, 1'b0, lanes2, lanes4, zero);
  wire signed [31:0] one = $signed(a);
  wire signed [31:0] two = $signed(a[15 - ROW / 8 * 8 -: 8]);
  wire signed [31:0] four = $signed(a[15 - ROW / 4 * 4 -: 4]);
  wire [31:0] wanted = !bit_ ? 0
    : lanes4 ? (ROW % 4 == 3 ? -four : four) << (12 + ROW % 4)
    : lanes2 ? (ROW % 8 == 7 ? -two : two) << (8 + ROW % 8)
    : (ROW == 15 ? -one : one) << ROW;
  wire [31:0] shifted = products << ROW;
  wire [31:0] shifted_zero = zero << ROW;
  assign ok = shifted - shifted_zero == wanted;
endmodule

// The rows' constants and the correction are nothing.
module zero_lemma(input lanes2, input lanes4, output ok);
  wire [31:0] sum;
  together t(16'd0, 16'd0, lanes2, lanes4, sum);
  assign ok = sum == 0;
endmodule
