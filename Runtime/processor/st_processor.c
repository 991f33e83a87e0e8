#include "st_processor.h"

#include "st_pragmas.h"
#include "st_processor_pairs.h"

#define ST_JOIN2_(a, b) a##b
#define ST_JOIN2(a, b) ST_JOIN2_(a, b)
#define ST_JOIN3_(a, b, c) a##b##c
#define ST_JOIN3(a, b, c) ST_JOIN3_(a, b, c)
#define ST_JOIN4_(a, b, c, d) a##b##c##d
#define ST_JOIN4(a, b, c, d) ST_JOIN4_(a, b, c, d)
#define ST_JOIN6_(a, b, c, d, e, f) a##b##c##d##e##f
#define ST_JOIN6(a, b, c, d, e, f) ST_JOIN6_(a, b, c, d, e, f)

uint32_t st_total32(const int16_t window[], int pairs)
{
    uint32_t total = 0;
    for (int i = 0; i < pairs; ++i) {
        total = st_dual32(st_load_pair(window + 2 * i), 0x00010001u, total);
    }
    return total;
}

uint64_t st_total64(const int16_t window[], int pairs)
{
    uint64_t total = 0;
    for (int i = 0; i < pairs; ++i) {
        total = st_dual64(st_load_pair(window + 2 * i), 0x00010001u, total);
    }
    return total;
}

#if ST_USES_WINDOW8
#define ST_BITS 8
#include "st_processor_window.h"
#endif

#if ST_USES_WINDOW16
#define ST_BITS 16
#include "st_processor_window.h"
#endif

#if ST_USES_DOT1_32
#define ST_BITS 1
#define ST_SUM 32
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT2_32
#define ST_BITS 2
#define ST_SUM 32
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT4_32
#define ST_BITS 4
#define ST_SUM 32
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT8_32
#define ST_BITS 8
#define ST_SUM 32
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT16_32
#define ST_BITS 16
#define ST_SUM 32
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT1_64
#define ST_BITS 1
#define ST_SUM 64
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT2_64
#define ST_BITS 2
#define ST_SUM 64
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT4_64
#define ST_BITS 4
#define ST_SUM 64
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT8_64
#define ST_BITS 8
#define ST_SUM 64
#include "st_processor_dot.h"
#endif

#if ST_USES_DOT16_64
#define ST_BITS 16
#define ST_SUM 64
#include "st_processor_dot.h"
#endif

#if ST_USES_DEPTHWISE8X8_32
#define ST_BITS 8
#define ST_WEIGHT 8
#define ST_SUM 32
#include "st_processor_depthwise.h"
#endif

#if ST_USES_DEPTHWISE8X16_32
#define ST_BITS 8
#define ST_WEIGHT 16
#define ST_SUM 32
#include "st_processor_depthwise.h"
#endif

#if ST_USES_DEPTHWISE16X8_32
#define ST_BITS 16
#define ST_WEIGHT 8
#define ST_SUM 32
#include "st_processor_depthwise.h"
#endif

#if ST_USES_DEPTHWISE16X16_32
#define ST_BITS 16
#define ST_WEIGHT 16
#define ST_SUM 32
#include "st_processor_depthwise.h"
#endif

#if ST_USES_DEPTHWISE8X8_64
#define ST_BITS 8
#define ST_WEIGHT 8
#define ST_SUM 64
#include "st_processor_depthwise.h"
#endif

#if ST_USES_DEPTHWISE8X16_64
#define ST_BITS 8
#define ST_WEIGHT 16
#define ST_SUM 64
#include "st_processor_depthwise.h"
#endif

#if ST_USES_DEPTHWISE16X8_64
#define ST_BITS 16
#define ST_WEIGHT 8
#define ST_SUM 64
#include "st_processor_depthwise.h"
#endif

#if ST_USES_DEPTHWISE16X16_64
#define ST_BITS 16
#define ST_WEIGHT 16
#define ST_SUM 64
#include "st_processor_depthwise.h"
#endif
