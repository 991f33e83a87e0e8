/* The names that a linker sees. A compiled project's configuration has ST_RUNTIME, which tells this runtime in this
 * configuration from all others: networks of several targets and versions link into one program, and those with the same
 * runtime share it. */
#ifndef ST_NAMES_H
#define ST_NAMES_H

#include "st_config.h"

#ifdef ST_RUNTIME
#define ST_JOINED(runtime, name) st_##runtime##_##name
#define ST_NAME(runtime, name) ST_JOINED(runtime, name)

#define st_conv2d_input ST_NAME(ST_RUNTIME, conv2d_input)
#define st_conv2d_kernel ST_NAME(ST_RUNTIME, conv2d_kernel)
#define st_conv2d_output ST_NAME(ST_RUNTIME, conv2d_output)
#define st_dwconv_input ST_NAME(ST_RUNTIME, dwconv_input)
#define st_dwconv_kernel ST_NAME(ST_RUNTIME, dwconv_kernel)
#define st_dwconv_output ST_NAME(ST_RUNTIME, dwconv_output)
#define st_fc_input ST_NAME(ST_RUNTIME, fc_input)
#define st_fc_kernel ST_NAME(ST_RUNTIME, fc_kernel)
#define st_fc_output ST_NAME(ST_RUNTIME, fc_output)
#define st_conv2d_begin ST_NAME(ST_RUNTIME, conv2d_begin)
#define st_conv2d_load8 ST_NAME(ST_RUNTIME, conv2d_load8)
#define st_conv2d_load16 ST_NAME(ST_RUNTIME, conv2d_load16)
#define st_conv2d_load32 ST_NAME(ST_RUNTIME, conv2d_load32)
#define st_conv2d_load64 ST_NAME(ST_RUNTIME, conv2d_load64)
#define st_conv2d_load_run8 ST_NAME(ST_RUNTIME, conv2d_load_run8)
#define st_conv2d_load_run16 ST_NAME(ST_RUNTIME, conv2d_load_run16)
#define st_conv2d_load_run32 ST_NAME(ST_RUNTIME, conv2d_load_run32)
#define st_conv2d_load_run64 ST_NAME(ST_RUNTIME, conv2d_load_run64)
#define st_conv2d_weights ST_NAME(ST_RUNTIME, conv2d_weights)
#define st_conv2d_run ST_NAME(ST_RUNTIME, conv2d_run)
#define st_dwconv_begin ST_NAME(ST_RUNTIME, dwconv_begin)
#define st_dwconv_load8 ST_NAME(ST_RUNTIME, dwconv_load8)
#define st_dwconv_load16 ST_NAME(ST_RUNTIME, dwconv_load16)
#define st_dwconv_load32 ST_NAME(ST_RUNTIME, dwconv_load32)
#define st_dwconv_load64 ST_NAME(ST_RUNTIME, dwconv_load64)
#define st_dwconv_load_run8 ST_NAME(ST_RUNTIME, dwconv_load_run8)
#define st_dwconv_load_run16 ST_NAME(ST_RUNTIME, dwconv_load_run16)
#define st_dwconv_load_run32 ST_NAME(ST_RUNTIME, dwconv_load_run32)
#define st_dwconv_load_run64 ST_NAME(ST_RUNTIME, dwconv_load_run64)
#define st_dwconv_weights ST_NAME(ST_RUNTIME, dwconv_weights)
#define st_dwconv_run ST_NAME(ST_RUNTIME, dwconv_run)
#define st_fc_begin ST_NAME(ST_RUNTIME, fc_begin)
#define st_fc_load8 ST_NAME(ST_RUNTIME, fc_load8)
#define st_fc_load16 ST_NAME(ST_RUNTIME, fc_load16)
#define st_fc_load32 ST_NAME(ST_RUNTIME, fc_load32)
#define st_fc_load64 ST_NAME(ST_RUNTIME, fc_load64)
#define st_fc_weights ST_NAME(ST_RUNTIME, fc_weights)
#define st_fc_run ST_NAME(ST_RUNTIME, fc_run)
#define st_requantize_wide ST_NAME(ST_RUNTIME, requantize_wide)
#define st_exp ST_NAME(ST_RUNTIME, exp)
#define st_tanh ST_NAME(ST_RUNTIME, tanh)
#define st_floor ST_NAME(ST_RUNTIME, floor)
#define st_ceil ST_NAME(ST_RUNTIME, ceil)
#define st_trunc ST_NAME(ST_RUNTIME, trunc)
#define st_round_half_even ST_NAME(ST_RUNTIME, round_half_even)
#define st_round_half_away ST_NAME(ST_RUNTIME, round_half_away)
#define st_round_half_toward_zero ST_NAME(ST_RUNTIME, round_half_toward_zero)
#define st_clip ST_NAME(ST_RUNTIME, clip)
#endif

#endif
