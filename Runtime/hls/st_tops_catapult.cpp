/* Top functions for Catapult: one per engine, a tile per tile. The one to be synthesized is named by the project's directives
 * (`solution design set st_conv2d_top -top`). */
#if defined(QCC_HLS_CATAPULT)
#include "st_tops_catapult.h"

#include "st_engines.h"

#define ST_CATAPULT_TOP(name, engine_type)                                                                                 \
    void name(                                                                                                             \
        st::channel<st_kernel_tile> &tiles, st::channel<st_kernel_channel> &channels, st::channel<st::beat> &inputs,       \
        st::channel<st::beat> &weights, st::channel<st::beat> &outputs)                                                    \
    {                                                                                                                      \
        static st::engine_type engine;                                                                                     \
        const st_kernel_tile tile = tiles.read();                                                                          \
        st::constants narrow[st::engine_type::channels_of_tile];                                                           \
        for (int i = 0; i < st::engine_type::channels_of_tile; ++i) {                                                      \
            narrow[i] = st::constants_of(channels.read());                                                                 \
        }                                                                                                                  \
        st::run_tile(engine, tile, narrow, inputs, weights, outputs);                                                      \
    }

ST_CATAPULT_TOP(st_conv2d_top, conv2d_engine)
ST_CATAPULT_TOP(st_dwconv_top, dwconv_engine)
ST_CATAPULT_TOP(st_fc_top, fc_engine)
#endif
