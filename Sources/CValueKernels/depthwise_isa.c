#include "depthwise.h"
#include "isa.h"

#define DW_TARGET
#define DW_NAME qcc_depthwise_i32_baseline
#define DW_ACC int32_t
#define DW_UNSIGNED uint32_t
#include "depthwise_template.h"
#define DW_NAME qcc_depthwise_i64_baseline
#define DW_ACC int64_t
#define DW_UNSIGNED uint64_t
#include "depthwise_template.h"

#if QCC_X86

#undef DW_TARGET
#define DW_TARGET QCC_TARGET_AVX2
#define DW_NAME qcc_depthwise_i32_avx2
#define DW_ACC int32_t
#define DW_UNSIGNED uint32_t
#include "depthwise_template.h"
#define DW_NAME qcc_depthwise_i64_avx2
#define DW_ACC int64_t
#define DW_UNSIGNED uint64_t
#include "depthwise_template.h"

#undef DW_TARGET
#define DW_TARGET QCC_TARGET_AVX512
#define DW_NAME qcc_depthwise_i32_avx512
#define DW_ACC int32_t
#define DW_UNSIGNED uint32_t
#include "depthwise_template.h"
#define DW_NAME qcc_depthwise_i64_avx512
#define DW_ACC int64_t
#define DW_UNSIGNED uint64_t
#include "depthwise_template.h"

#endif
