/* A tile on the top function of a tool. */
#ifndef RUN_TOP_H
#define RUN_TOP_H

#include <cstdint>
#include <vector>

#if defined(QCC_HLS_VITIS)
#include "st_tops_vitis.h"
#elif defined(ST_ESP)
#include "st_tops_esp.h"
#else
#include "st_tops_catapult.h"
#endif

enum { CONV2D, DWCONV, FC };

/* Returns what it stores: `output_words` words, or, where it stores another number of them, ones. */
static inline std::vector<uint64_t> run_top(
    int engine, const st_kernel_tile &tile, const std::vector<st_kernel_channel> &channels, const std::vector<uint64_t> &inputs,
    const std::vector<uint64_t> &weights, size_t output_words)
{
    std::vector<uint64_t> outputs;
#if defined(QCC_HLS_VITIS)
    std::vector<st::beat> in(inputs.begin(), inputs.end()), kernel(weights.begin(), weights.end()), out(output_words + 1);
    (engine == CONV2D ? st_conv2d_top : engine == DWCONV ? st_dwconv_top : st_fc_top)(
        tile, channels.data(), in.data(), kernel.data(), out.data());
    for (size_t i = 0; i < output_words; ++i) {
        outputs.push_back(out[i].to_uint64());
    }
#elif defined(ST_ESP)
    /* The memory: channels, inputs, weights, outputs. */
    std::vector<uint64_t> memory;
    st_esp_configuration wanted = {tile, 0, 0, 0, 0};
    for (const st_kernel_channel &channel : channels) {
        const uint64_t words[] = {(uint64_t)channel.initial, (uint64_t)channel.multiplier, (uint64_t)channel.addend_high,
                                  channel.addend_low, channel.shift, channel.even, (uint64_t)channel.offset};
        memory.insert(memory.end(), words, words + ST_KERNEL_CHANNEL_WORDS);
    }
    wanted.inputs = (uint32_t)memory.size();
    memory.insert(memory.end(), inputs.begin(), inputs.end());
    wanted.weights = (uint32_t)memory.size();
    memory.insert(memory.end(), weights.begin(), weights.end());
    wanted.outputs = (uint32_t)memory.size();
    ac_channel<st_esp_configuration> configuration;
    ac_channel<dma_info_t> read_control, write_control;
    ac_channel<st::beat> read, write;
    ac_sync done;
    configuration.write(wanted);
    /* All that will be asked for, in the order of the transfers. */
    for (int i = 0; i < ST_KERNEL_CHANNEL_WORDS * tile.outputs; ++i) {
        read.write(memory[(size_t)i]);
    }
    for (int i = 0; i < tile.input_beats; ++i) {
        read.write(memory[wanted.inputs + (size_t)i]);
    }
    for (int i = 0; i < tile.weight_beats; ++i) {
        read.write(memory[wanted.weights + (size_t)i]);
    }
    (engine == CONV2D ? st_conv2d_esp : engine == DWCONV ? st_dwconv_esp : st_fc_esp)(
        configuration, read_control, write_control, read, write, done);
    const uint32_t transfers[][2] = {{0, (uint32_t)(ST_KERNEL_CHANNEL_WORDS * tile.outputs)},
                                  {wanted.inputs, (uint32_t)tile.input_beats},
                                  {wanted.weights, (uint32_t)tile.weight_beats}};
    bool as_asked = done.nb_sync_in();
    for (const auto &transfer : transfers) {
        if (transfer[1] > 0) {
            as_asked = as_asked && read_control.available(1);
            const dma_info_t announced = read_control.read();
            as_asked = as_asked && announced.index == transfer[0] && announced.length == transfer[1] && announced.size == 3;
        }
    }
    if (tile.finishes) {
        const dma_info_t announced = write_control.read();
        as_asked = as_asked && announced.index == wanted.outputs && announced.length == output_words;
    }
    while (as_asked && write.available(1)) {
        outputs.push_back(write.read().to_uint64());
    }
#else
    st::channel<st_kernel_tile> tiles;
    st::channel<st_kernel_channel> constants;
    st::channel<st::beat> in, kernel, out;
    tiles.write(tile);
    const int most = engine == CONV2D ? ST_CONV2D_OUTPUT_CHANNELS : engine == DWCONV ? ST_DWCONV_CHANNELS : ST_FC_OUTPUTS;
    for (int i = 0; i < most; ++i) {
        constants.write(i < tile.outputs ? channels[(size_t)i] : st_kernel_channel());
    }
    for (int i = 0; i < tile.input_beats; ++i) {
        in.write(inputs[(size_t)i]);
    }
    for (int i = 0; i < tile.weight_beats; ++i) {
        kernel.write(weights[(size_t)i]);
    }
    (engine == CONV2D ? st_conv2d_top : engine == DWCONV ? st_dwconv_top : st_fc_top)(tiles, constants, in, kernel, out);
    while (out.available(1)) {
        outputs.push_back(out.read().to_uint64());
    }
#endif
    if (outputs.size() != output_words) {
        outputs.assign(output_words, ~UINT64_C(0));
    }
    return outputs;
}

#endif
