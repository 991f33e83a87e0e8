// Multipliers of two 16-bit ports, for the comparison that Tests/multiplier-check.py makes. `lanes4` and `lanes2` say that ports
// carry four or two operands; neither: one.

// One product of 16 bits, as the synthesizer makes it.
module operator(input signed [15:0] a, input signed [15:0] b, output signed [31:0] sum);
  assign sum = a * b;
endmodule

// One product of 16 bits as an array of the same kind.
module standard(input [15:0] a, input [15:0] b, output [31:0] sum);
  together t(a, b, 1'b0, 1'b0, sum);
endmodule

// What st_mac says: the products of each mode, and a choice.
module switched(input [15:0] a, input [15:0] b, input lanes2, input lanes4, output [31:0] sum);
  wire signed [31:0] one = $signed(a) * $signed(b);
  wire signed [31:0] two = $signed(a[7:0]) * $signed(b[7:0]) + $signed(a[15:8]) * $signed(b[15:8]);
  wire signed [31:0] four = $signed(a[3:0]) * $signed(b[3:0]) + $signed(a[7:4]) * $signed(b[7:4])
    + $signed(a[11:8]) * $signed(b[11:8]) + $signed(a[15:12]) * $signed(b[15:12]);
  assign sum = lanes4 ? four : lanes2 ? two : one;
endmodule

// A row of st_array.
module array_row #(parameter ROW = 0) (input [15:0] a, input bit_, input lanes2, input lanes4, output [15:0] products);
  function [15:0] lane(input integer bits);
    lane = ((1 << bits) - 1) << (16 - bits - ROW / bits * bits);
  endfunction
  function [15:0] sign(input integer bits);
    sign = 1 << (15 - ROW / bits * bits);
  endfunction
  function [15:0] inverted(input integer bits);
    inverted = ROW % bits == bits - 1 ? lane(bits) ^ sign(bits) : sign(bits);
  endfunction
  localparam [15:0] LANE1 = lane(16), LANE2 = lane(8), LANE4 = lane(4);
  localparam [15:0] INVERTED1 = inverted(16), INVERTED2 = inverted(8), INVERTED4 = inverted(4);
  assign products = (a & {16{bit_}} & (lanes4 ? LANE4 : lanes2 ? LANE2 : LANE1))
    ^ (lanes4 ? INVERTED4 : lanes2 ? INVERTED2 : INVERTED1);
endmodule

module array_correction(input lanes2, input lanes4, output [31:0] sum);
  function [31:0] correction(input integer bits);
    correction = (16 / bits * ((1 << bits) - (1 << (2 * bits - 1)))) << (16 - bits);
  endfunction
  localparam [31:0] CORRECTION1 = correction(16), CORRECTION2 = correction(8), CORRECTION4 = correction(4);
  assign sum = lanes4 ? CORRECTION4 : lanes2 ? CORRECTION2 : CORRECTION1;
endmodule

// st_array: the lanes of `b` are reversed.
module together(input [15:0] a, input [15:0] b, input lanes2, input lanes4, output [31:0] sum);
  wire [15:0] row [0:15];
  wire [31:0] correction;
  array_correction c(lanes2, lanes4, correction);
  genvar i;
  generate for (i = 0; i < 16; i = i + 1) begin : rows
    array_row #(.ROW(i)) r(a, b[i], lanes2, lanes4, row[i]);
  end endgenerate
  wire [31:0] total = correction + row[0] + (row[1] << 1) + (row[2] << 2) + (row[3] << 3) + (row[4] << 4) + (row[5] << 5)
    + (row[6] << 6) + (row[7] << 7) + (row[8] << 8) + (row[9] << 9) + (row[10] << 10) + (row[11] << 11) + (row[12] << 12)
    + (row[13] << 13) + (row[14] << 14) + (row[15] << 15);
  assign sum = lanes4 ? {{12{total[31]}}, total[31:12]} : lanes2 ? {{8{total[31]}}, total[31:8]} : total;
endmodule

// The same for weights in the order of the activations.
module together_in_order(input [15:0] a, input [15:0] b, input lanes2, input lanes4, output [31:0] sum);
  wire [15:0] reversed = lanes4 ? {b[3:0], b[7:4], b[11:8], b[15:12]} : lanes2 ? {b[7:0], b[15:8]} : b;
  together t(a, reversed, lanes2, lanes4, sum);
endmodule
