/* The three engines with the sizes of the target's memories, and what each of them does with a tile. */
#ifndef ST_ENGINES_H
#define ST_ENGINES_H

#include "st_dense_engine.h"
#include "st_depthwise_engine.h"

namespace st {

struct conv2d_sizes {
    static const int input_pixels = ST_CONV2D_INPUT_ROWS * ST_CONV2D_INPUT_COLUMNS;
    static const int channels = ST_CONV2D_INPUT_CHANNELS;
    static const int taps = ST_CONV2D_KERNEL_ROWS * ST_CONV2D_KERNEL_COLUMNS;
    static const int pixels = ST_CONV2D_OUTPUT_ROWS * ST_CONV2D_OUTPUT_COLUMNS;
    static const int outputs = ST_CONV2D_OUTPUT_CHANNELS;
    static const int multipliers = ST_CONV2D_MULTIPLIERS;
};

struct dwconv_sizes {
    static const int input_pixels = ST_DWCONV_INPUT_ROWS * ST_DWCONV_INPUT_COLUMNS;
    static const int channels = ST_DWCONV_CHANNELS;
    static const int taps = ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS;
    static const int pixels = ST_DWCONV_OUTPUT_ROWS * ST_DWCONV_OUTPUT_COLUMNS;
    static const int multipliers = ST_DWCONV_MULTIPLIERS;
};

struct fc_sizes {
    static const int input_pixels = 1;
    static const int channels = ST_FC_INPUTS;
    static const int taps = 1;
    static const int pixels = 1;
    static const int outputs = ST_FC_OUTPUTS;
    static const int multipliers = ST_FC_MULTIPLIERS;
};

typedef dense_engine<conv2d_sizes> conv2d_engine;
typedef depthwise_engine<dwconv_sizes> dwconv_engine;
typedef dense_engine<fc_sizes> fc_engine;

inline constants constants_of(const st_kernel_channel &channel)
{
    ST_INLINE_FUNCTION
    constants narrow;
    narrow.initial = accumulator(channel.initial);
    narrow.multiplier = multiplier(channel.multiplier);
    const signed_word<128> high = signed_word<128>(channel.addend_high) << 64;
    narrow.addend = addend(high | signed_word<128>(unsigned_word<64>(channel.addend_low)));
    narrow.shift = shift(channel.shift);
    narrow.even = channel.even != 0;
    narrow.offset = code(channel.offset);
    return narrow;
}

/* Loads what is new, multiplies, and stores where the accumulators are finished. */
template <class Engine, class Inputs, class Weights, class Outputs>
void run_tile(Engine &engine, const st_kernel_tile &tile, const constants channels[], Inputs &inputs, Weights &weights, Outputs &outputs)
{
    engine.load(tile, inputs);
    engine.weights.load(tile.weight_beats, weights);
    engine.compute(tile, channels);
    if (tile.finishes) {
        engine.output.store(tile, channels, outputs);
    }
}

}

#endif
