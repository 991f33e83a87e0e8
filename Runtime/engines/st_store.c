/* Requantization of accumulators and the way of their codes into a feature map. */
#include "st_arithmetic.h"
#include "st_memories.h"

#if ST_USES_ENGINES

/* What any engine makes of a pixel. */
#define ST_MORE(a, b) ((a) > (b) ? (a) : (b))
#define ST_MOST_OUTPUTS ST_MORE(ST_MORE(ST_CONV2D_OUTPUT_CHANNELS, ST_DWCONV_CHANNELS), ST_FC_OUTPUTS)

/* The parameters of a tile's channels, as many as the network's layers have at most. */
#if ST_USES_TWO_WORDS
#define ST_MOST_PARAMETERS 6
#elif ST_USES_ONE_WORD
#define ST_MOST_PARAMETERS 5
#elif ST_USES_FLOOR || ST_USES_THRESHOLDS
#define ST_MOST_PARAMETERS 3
#else
#define ST_MOST_PARAMETERS 2
#endif
typedef struct {
    int64_t of[ST_MOST_PARAMETERS][ST_MOST_OUTPUTS];
} st_channels;

#if ST_USES_FLOOR || ST_USES_ONE_WORD || ST_USES_TWO_WORDS
#if ST_MULTIPLIER_BITS == 64
typedef int64_t st_multiplier;
#else
typedef int32_t st_multiplier;
#endif
#endif

/* Numbers first, first + step, ... of an array. */
#define ST_COPY(type) \
    for (int o = 0; o < ST_MOST_OUTPUTS; ++o) { \
        if (o >= count) { \
            break; \
        } \
        values[o] = ((const type *)numbers)[first + o * step]; \
    }

/* Parameter `which` of the tile's channels. */
static void read(const st_requantization *requantization, int which, const st_tile *tile, int64_t values[])
{
    const unsigned kind = requantization->kinds >> (4 * which);
    const void *const numbers = requantization->parameters[which];
    const int first = kind & 4u ? tile->first_output : 0;
    const int step = kind & 4u ? tile->step : 0;
    const int count = tile->outputs;
    switch (kind & 3u) {
    case 0:
        ST_COPY(int8_t)
        break;
    case 1:
        ST_COPY(int16_t)
        break;
    case 2:
        ST_COPY(int32_t)
        break;
    default:
        ST_COPY(int64_t)
        break;
    }
}

static void prepare(const st_requantization *requantization, const st_tile *tile, st_channels *channels)
{
    /* By form: all that are one per channel. */
    static const signed char counts[] = {0, 2, 3, 5, 6, 3};
    for (int which = 0; which < ST_MOST_PARAMETERS; ++which) {
        if (which >= counts[requantization->form]) {
            break;
        }
        read(requantization, which, tile, channels->of[which]);
    }
}

#if ST_USES_THRESHOLDS
static int64_t stepped(
    const st_requantization *requantization, const st_channels *channels, int output, int64_t accumulator)
{
    const void *const thresholds = requantization->parameters[ST_ALL_THRESHOLDS];
    const void *const codes = requantization->parameters[ST_ALL_CODES];
    const int first = (int)channels->of[ST_FIRST_THRESHOLD][output];
    const int count = (int)channels->of[ST_THRESHOLD_COUNT][output];
    int code = (int)channels->of[ST_FIRST_CODE][output];
    if (((requantization->kinds >> (4 * ST_ALL_THRESHOLDS)) & 3u) == 2u) {
        code += st_count_thresholds32(accumulator, (const int32_t *)thresholds + first, count, requantization->steps);
    } else {
        code += st_count_thresholds64(accumulator, (const int64_t *)thresholds + first, count, requantization->steps);
    }
    switch ((requantization->kinds >> (4 * ST_ALL_CODES)) & 3u) {
    case 0:
        return ((const int8_t *)codes)[code];
    case 1:
        return ((const int16_t *)codes)[code];
    case 2:
        return ((const int32_t *)codes)[code];
    default:
        return ((const int64_t *)codes)[code];
    }
}
#endif

#if ST_USES_OUTPUTS_8
#define ST_CODE uint8_t
#define ST_STORE(name) name##8
#include "st_store_codes.h"
#endif

#if ST_USES_OUTPUTS_16
#define ST_CODE uint16_t
#define ST_STORE(name) name##16
#include "st_store_codes.h"
#endif

#if ST_USES_OUTPUTS_32
#define ST_CODE uint32_t
#define ST_STORE(name) name##32
#include "st_store_codes.h"
#endif

#if ST_USES_OUTPUTS_64
#define ST_CODE uint64_t
#define ST_STORE(name) name##64
#include "st_store_codes.h"
#endif

/* The codes of a pixel, from number `first` of the map on. */
static inline void store(
    const st_requantization *requantization, const st_tile *tile, const st_channels *channels,
    const st_accumulator accumulators[], void *map, int first)
{
    switch (requantization->bytes) {
    case 1:
#if ST_USES_OUTPUTS_8
        store8(requantization, tile, channels, accumulators, (uint8_t *)map + first);
#endif
        break;
    case 2:
#if ST_USES_OUTPUTS_16
        store16(requantization, tile, channels, accumulators, (uint16_t *)map + first);
#endif
        break;
    case 4:
#if ST_USES_OUTPUTS_32
        store32(requantization, tile, channels, accumulators, (uint32_t *)map + first);
#endif
        break;
    default:
#if ST_USES_OUTPUTS_64
        store64(requantization, tile, channels, accumulators, (uint64_t *)map + first);
#endif
        break;
    }
}

/* The code of the tile's first channel in pixel `column` of its row `row`. */
static inline int first_code(const st_tile *tile, int row, int column)
{
    return (tile->first_pixel + row * tile->row_pixels + column) * tile->channels + tile->first_output;
}

#if ST_USES_CONV2D
void st_conv2d_store(const st_requantization *requantization, const st_tile *tile, void *map)
{
    st_channels channels;
    prepare(requantization, tile, &channels);
    for (int r = 0; r < ST_CONV2D_OUTPUT_ROWS; ++r) {
        if (r >= tile->rows) {
            break;
        }
        for (int c = 0; c < ST_CONV2D_OUTPUT_COLUMNS; ++c) {
            if (c >= (r + 1 < tile->rows ? tile->columns : tile->last_columns)) {
                break;
            }
            store(requantization, tile, &channels, st_conv2d_output[r][c], map, first_code(tile, r, c));
        }
    }
}
#endif

#if ST_USES_DWCONV
void st_dwconv_store(const st_requantization *requantization, const st_tile *tile, void *map)
{
    st_channels channels;
    prepare(requantization, tile, &channels);
    for (int r = 0; r < ST_DWCONV_OUTPUT_ROWS; ++r) {
        if (r >= tile->rows) {
            break;
        }
        for (int c = 0; c < ST_DWCONV_OUTPUT_COLUMNS; ++c) {
            if (c >= (r + 1 < tile->rows ? tile->columns : tile->last_columns)) {
                break;
            }
            store(requantization, tile, &channels, st_dwconv_output[r][c], map, first_code(tile, r, c));
        }
    }
}
#endif

#if ST_USES_FC
void st_fc_store(const st_requantization *requantization, const st_tile *tile, void *map)
{
    st_channels channels;
    prepare(requantization, tile, &channels);
    store(requantization, tile, &channels, st_fc_output, map, first_code(tile, 0, 0));
}
#endif

#endif
