/* Top functions for Vitis HLS: one per engine, a tile per call. Operands and codes are read and written over AXI; the tile and the
 * constants of its channels are registers. */
#if defined(QCC_HLS_VITIS)
#include "st_tops_vitis.h"

#include "st_engines.h"

namespace {

/* Beats one after another, which the tool makes a burst of. */
struct reader {
    const st::beat *next;
    st::beat read()
    {
        ST_INLINE_FUNCTION
        return *next++;
    }
};

struct writer {
    st::beat *next;
    void write(const st::beat &value)
    {
        ST_INLINE_FUNCTION
        *next++ = value;
    }
};

}

#define ST_VITIS_TOP(name, engine_type)                                                                                    \
    void name(                                                                                                             \
        st_kernel_tile tile, const st_kernel_channel channels[st::engine_type::channels_of_tile], const st::beat *inputs,  \
        const st::beat *weights, st::beat *outputs)                                                                        \
    {                                                                                                                      \
        ST_PRAGMA(HLS INTERFACE m_axi port=inputs bundle=inputs offset=slave)                                              \
        ST_PRAGMA(HLS INTERFACE m_axi port=weights bundle=weights offset=slave)                                            \
        ST_PRAGMA(HLS INTERFACE m_axi port=outputs bundle=outputs offset=slave)                                            \
        ST_PRAGMA(HLS INTERFACE s_axilite port=inputs)                                                                     \
        ST_PRAGMA(HLS INTERFACE s_axilite port=weights)                                                                    \
        ST_PRAGMA(HLS INTERFACE s_axilite port=outputs)                                                                    \
        ST_PRAGMA(HLS INTERFACE s_axilite port=tile)                                                                       \
        ST_PRAGMA(HLS INTERFACE s_axilite port=channels)                                                                   \
        ST_PRAGMA(HLS INTERFACE s_axilite port=return)                                                                     \
        static st::engine_type engine;                                                                                     \
        st::constants narrow[st::engine_type::channels_of_tile];                                                           \
        ST_PARTITION(narrow, 1)                                                                                            \
        for (int i = 0; i < st::engine_type::channels_of_tile; ++i) {                                                      \
            narrow[i] = st::constants_of(channels[i]);                                                                     \
        }                                                                                                                  \
        reader from = {inputs};                                                                                            \
        reader also_from = {weights};                                                                                      \
        writer to = {outputs};                                                                                             \
        st::run_tile(engine, tile, narrow, from, also_from, to);                                                           \
    }

ST_VITIS_TOP(st_conv2d_top, conv2d_engine)
ST_VITIS_TOP(st_dwconv_top, dwconv_engine)
ST_VITIS_TOP(st_fc_top, fc_engine)
#endif
