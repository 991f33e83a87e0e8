/// One of each instruction: convolution, requantization, sum, product, matrices, pooling, moves (a concatenation, a padding), reshaping.
let smallProgram = """
  program small
  input = input -> [4, 4, 2] -8..7 scale=0.5
  conv = conv2D input kernel=[3, 3] padding=[1, 1] weights=int8(seeded(5)) initial=[0, 100, -5] \
  accumulator=-32768..32767 by=clamp(-128..127, [floor((12 acc + 64) / 2^7), floor((9 acc + 64) / 2^8), \
  floor((-10 acc + 64) / 2^7)]) -> [4, 4, 3] -128..127 scale=0.5
  narrow = requantize conv by=clamp(-8..7, steps(-8, -50: -1, 0: 3, 60: 7)) -> [4, 4, 3] -8..7 scale=0.5
  product = product conv narrow offsets=[0, [1, 2, 3]] accumulator=-1408..1408 \
  by=clamp(-128..127, quotient((3 acc - 5) / 96) + 1) -> [4, 4, 3] -128..127 scale=0.5
  pairs = matrix_product product product second=transposed offsets=[1, -1] accumulator=-49923..49923 \
  -> [4, 4, 4] -49923..49923 scale=0.25
  sum = sum conv narrow coefficients=[3, -20] accumulator=-1000..1000 -> [4, 4, 3] -1000..1000 scale=0.5
  pool = sum_pool conv window=[2, 2] stride=[2, 1] padding=[0, 1] accumulator=-1000..1000 \
  by_pixels=[2: accumulator, 4: accumulator] -> [2, 4, 3] -1000..1000 scale=0.5
  joined = move pool pool boxes=[[24] from 0 by [1], [24] from 0 by [1] to 24 by [1]] coefficients=[1, -1] \
  offsets=[0, 5] -> [4, 4, 3] -1005..1005 scale=0.5
  padded = move narrow boxes=[[4, 12] from 0 by [12, 1] to 15 by [15, 1]] fill=-1 -> [5, 5, 3] -8..7 scale=0.5
  flat = reshape joined -> [1, 1, 48] -1005..1005 scale=0.5 zero_point=3 offset=1.5
  output flat padded

  """
