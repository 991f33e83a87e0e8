/* DMA: windows of feature maps, packed into the engines' memories as the multipliers' ports want them. */
#include "st_arithmetic.h"
#include "st_memories.h"

/* What any input memory has for a pixel. */
#define ST_MORE(a, b) ((a) > (b) ? (a) : (b))
#define ST_MOST_WORDS ST_MORE(ST_MORE(ST_CONV2D_INPUT_CHANNELS, ST_DWCONV_CHANNELS), ST_FC_INPUTS)

#if ST_USES_CODES_8
#define ST_CODE int8_t
#define ST_DMA(name) name##8
#include "st_dma_channel.h"
#endif

#if ST_USES_CODES_16
#define ST_CODE int16_t
#define ST_DMA(name) name##16
#include "st_dma_channel.h"
#endif

#if ST_USES_CODES_32
#define ST_CODE int32_t
#define ST_DMA(name) name##32
#include "st_dma_channel.h"
#endif

#if ST_USES_CODES_64
#define ST_CODE int64_t
#define ST_DMA(name) name##64
#include "st_dma_channel.h"
#endif
