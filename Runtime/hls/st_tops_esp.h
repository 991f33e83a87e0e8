/* Top functions for the socket of ESP, the open SoC platform, in its flow for Catapult and C++: configuration, DMA control and DMA
 * data are channels. */
#ifndef ST_TOPS_ESP_H
#define ST_TOPS_ESP_H

#include <ac_sync.h>

#include "st_kernel_tile.h"
#include "st_types.h"

#if defined(ST_ESP_HEADERS)
/* ESP's own, of its folder for Catapult. */
#include "esp_dma_info.hpp"
#else
/* The same: where a transfer begins and how long it is, in words of 2^size bytes. */
struct dma_info_t {
    uint32_t index;
    uint32_t length;
    ac_int<3, false> size;
};
#endif

/* A tile, and the beats of memory at which its parts begin. A channel's constants take
 * ST_KERNEL_CHANNEL_WORDS beats. */
struct st_esp_configuration {
    st_kernel_tile tile;
    uint32_t channels, inputs, weights, outputs;
};

void st_conv2d_esp(
    ac_channel<st_esp_configuration> &configuration, ac_channel<dma_info_t> &dma_read_ctrl, ac_channel<dma_info_t> &dma_write_ctrl,
    ac_channel<st::beat> &dma_read_chnl, ac_channel<st::beat> &dma_write_chnl, ac_sync &acc_done);
void st_dwconv_esp(
    ac_channel<st_esp_configuration> &configuration, ac_channel<dma_info_t> &dma_read_ctrl, ac_channel<dma_info_t> &dma_write_ctrl,
    ac_channel<st::beat> &dma_read_chnl, ac_channel<st::beat> &dma_write_chnl, ac_sync &acc_done);
void st_fc_esp(
    ac_channel<st_esp_configuration> &configuration, ac_channel<dma_info_t> &dma_read_ctrl, ac_channel<dma_info_t> &dma_write_ctrl,
    ac_channel<st::beat> &dma_read_chnl, ac_channel<st::beat> &dma_write_chnl, ac_sync &acc_done);

#endif
