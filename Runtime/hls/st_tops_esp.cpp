/* A tile per configuration: load, compute and store, each transfer announced on its control channel first. */
#if defined(QCC_HLS_CATAPULT)
#include "st_tops_esp.h"

#include "st_engines.h"

static_assert(ST_BUS_BYTES == 8, "ESP's DMA has words of 64 bits");

namespace {

void announce(ac_channel<dma_info_t> &control, uint32_t index, int length)
{
    /* Words of 2^3 bytes. */
    const dma_info_t transfer = {index, (uint32_t)length, 3};
    if (length > 0) {
        control.write(transfer);
    }
}

}

#define ST_ESP_TOP(name, engine_type)                                                                                      \
    void name(                                                                                                             \
        ac_channel<st_esp_configuration> &configuration, ac_channel<dma_info_t> &dma_read_ctrl,                            \
        ac_channel<dma_info_t> &dma_write_ctrl, ac_channel<st::beat> &dma_read_chnl,                                       \
        ac_channel<st::beat> &dma_write_chnl, ac_sync &acc_done)                                                           \
    {                                                                                                                      \
        static st::engine_type engine;                                                                                     \
        const st_esp_configuration wanted = configuration.read();                                                          \
        const st_kernel_tile tile = wanted.tile;                                                                           \
        st::constants narrow[st::engine_type::channels_of_tile];                                                           \
        announce(dma_read_ctrl, wanted.channels, ST_KERNEL_CHANNEL_WORDS * tile.outputs);                                  \
        for (int i = 0; i < st::engine_type::channels_of_tile; ++i) {                                                      \
            st_kernel_channel channel = {};                                                                                \
            if (i < tile.outputs) {                                                                                        \
                channel.initial = dma_read_chnl.read().to_int64();                                                         \
                channel.multiplier = dma_read_chnl.read().to_int64();                                                      \
                channel.addend_high = dma_read_chnl.read().to_int64();                                                     \
                channel.addend_low = dma_read_chnl.read().to_uint64();                                                     \
                channel.shift = dma_read_chnl.read().to_uint64();                                                          \
                channel.even = dma_read_chnl.read().to_uint64();                                                           \
                channel.offset = dma_read_chnl.read().to_int64();                                                          \
            }                                                                                                              \
            narrow[i] = st::constants_of(channel);                                                                         \
        }                                                                                                                  \
        announce(dma_read_ctrl, wanted.inputs, tile.input_beats);                                                          \
        engine.load(tile, dma_read_chnl);                                                                                  \
        announce(dma_read_ctrl, wanted.weights, tile.weight_beats);                                                        \
        engine.weights.load(tile.weight_beats, dma_read_chnl);                                                             \
        engine.compute(tile, narrow);                                                                                      \
        if (tile.finishes) {                                                                                               \
            announce(dma_write_ctrl, wanted.outputs,                                                                       \
                (tile.pixels * tile.outputs * tile.output_bits + st::beat_bits - 1) / st::beat_bits);                      \
            engine.output.store(tile, narrow, dma_write_chnl);                                                             \
        }                                                                                                                  \
        acc_done.sync_out();                                                                                               \
    }

ST_ESP_TOP(st_conv2d_esp, conv2d_engine)
ST_ESP_TOP(st_dwconv_esp, dwconv_engine)
ST_ESP_TOP(st_fc_esp, fc_engine)
#endif
