/* The registers of the accelerators of target 'stmac': offsets from the first one, and
 * their fields. st_accelerator.rdl says the same in SystemRDL. */
#ifndef ST_REGISTERS_H
#define ST_REGISTERS_H

/* 'STM' and the version of the registers */
#define ST_REGISTER_ID 0x0u
#define ST_ID_VALUE 0x53544d01u
/* beginning of a hash of the engines' sizes */
#define ST_REGISTER_TARGET 0x4u
#define ST_TARGET_VALUE 0xaa24acbfu
/* starts units with what the registers hold at that moment */
#define ST_REGISTER_COMMAND 0x8u
#define ST_COMMAND_LOAD 0x1u
#define ST_COMMAND_LOAD_SHIFT 0
#define ST_COMMAND_LOAD_MASK 0x1u
#define ST_COMMAND_WEIGHTS 0x2u
#define ST_COMMAND_WEIGHTS_SHIFT 1
#define ST_COMMAND_WEIGHTS_MASK 0x1u
#define ST_COMMAND_PASS 0x4u
#define ST_COMMAND_PASS_SHIFT 2
#define ST_COMMAND_PASS_MASK 0x1u
#define ST_COMMAND_STORE 0x8u
#define ST_COMMAND_STORE_SHIFT 3
#define ST_COMMAND_STORE_MASK 0x1u
#define ST_COMMAND_BEGIN 0x10u
#define ST_COMMAND_BEGIN_SHIFT 4
#define ST_COMMAND_BEGIN_MASK 0x1u
#define ST_COMMAND_RESET 0x80000000u
#define ST_COMMAND_RESET_SHIFT 31
#define ST_COMMAND_RESET_MASK 0x1u
/* what units do */
#define ST_REGISTER_STATUS 0xcu
#define ST_STATUS_LOAD 0x1u
#define ST_STATUS_LOAD_SHIFT 0
#define ST_STATUS_LOAD_MASK 0x1u
#define ST_STATUS_WEIGHTS 0x2u
#define ST_STATUS_WEIGHTS_SHIFT 1
#define ST_STATUS_WEIGHTS_MASK 0x1u
#define ST_STATUS_PASS 0x4u
#define ST_STATUS_PASS_SHIFT 2
#define ST_STATUS_PASS_MASK 0x1u
#define ST_STATUS_STORE 0x8u
#define ST_STATUS_STORE_SHIFT 3
#define ST_STATUS_STORE_MASK 0x1u
#define ST_STATUS_ERROR 0x80000000u
#define ST_STATUS_ERROR_SHIFT 31
#define ST_STATUS_ERROR_MASK 0x1u
/* which units interrupt */
#define ST_REGISTER_INTERRUPT_ENABLE 0x10u
#define ST_INTERRUPT_ENABLE_LOAD 0x1u
#define ST_INTERRUPT_ENABLE_LOAD_SHIFT 0
#define ST_INTERRUPT_ENABLE_LOAD_MASK 0x1u
#define ST_INTERRUPT_ENABLE_WEIGHTS 0x2u
#define ST_INTERRUPT_ENABLE_WEIGHTS_SHIFT 1
#define ST_INTERRUPT_ENABLE_WEIGHTS_MASK 0x1u
#define ST_INTERRUPT_ENABLE_PASS 0x4u
#define ST_INTERRUPT_ENABLE_PASS_SHIFT 2
#define ST_INTERRUPT_ENABLE_PASS_MASK 0x1u
#define ST_INTERRUPT_ENABLE_STORE 0x8u
#define ST_INTERRUPT_ENABLE_STORE_SHIFT 3
#define ST_INTERRUPT_ENABLE_STORE_MASK 0x1u
/* which units have ended */
#define ST_REGISTER_INTERRUPT 0x14u
#define ST_INTERRUPT_LOAD 0x1u
#define ST_INTERRUPT_LOAD_SHIFT 0
#define ST_INTERRUPT_LOAD_MASK 0x1u
#define ST_INTERRUPT_WEIGHTS 0x2u
#define ST_INTERRUPT_WEIGHTS_SHIFT 1
#define ST_INTERRUPT_WEIGHTS_MASK 0x1u
#define ST_INTERRUPT_PASS 0x4u
#define ST_INTERRUPT_PASS_SHIFT 2
#define ST_INTERRUPT_PASS_MASK 0x1u
#define ST_INTERRUPT_STORE 0x8u
#define ST_INTERRUPT_STORE_SHIFT 3
#define ST_INTERRUPT_STORE_MASK 0x1u
/* the layer */
#define ST_REGISTER_LAYER 0x40u
#define ST_LAYER_ENGINE_SHIFT 0
#define ST_LAYER_ENGINE_MASK 0x3u
#define ST_LAYER_ENGINE_CONV2D 0u
#define ST_LAYER_ENGINE_DWCONV 1u
#define ST_LAYER_ENGINE_FC 2u
#define ST_LAYER_MODE_SHIFT 2
#define ST_LAYER_MODE_MASK 0x7u
#define ST_LAYER_MODE_16X16 0u
#define ST_LAYER_MODE_16X8 1u
#define ST_LAYER_MODE_8X8 2u
#define ST_LAYER_MODE_8X4 3u
#define ST_LAYER_MODE_4X4 4u
#define ST_LAYER_WIDE 0x20u
#define ST_LAYER_WIDE_SHIFT 5
#define ST_LAYER_WIDE_MASK 0x1u
#define ST_LAYER_FIRST_LAYER 0x40u
#define ST_LAYER_FIRST_LAYER_SHIFT 6
#define ST_LAYER_FIRST_LAYER_MASK 0x1u
#define ST_LAYER_LAST_LAYER 0x80u
#define ST_LAYER_LAST_LAYER_SHIFT 7
#define ST_LAYER_LAST_LAYER_MASK 0x1u
#define ST_LAYER_EN_RELU 0x100u
#define ST_LAYER_EN_RELU_SHIFT 8
#define ST_LAYER_EN_RELU_MASK 0x1u
#define ST_LAYER_INPUT_SIZE_SHIFT 9
#define ST_LAYER_INPUT_SIZE_MASK 0x3u
#define ST_LAYER_OUTPUT_SIZE_SHIFT 11
#define ST_LAYER_OUTPUT_SIZE_MASK 0x3u
#define ST_LAYER_FIELD_BITS_SHIFT 13
#define ST_LAYER_FIELD_BITS_MASK 0x1fu
#define ST_LAYER_FORM_SHIFT 18
#define ST_LAYER_FORM_MASK 0x7u
#define ST_LAYER_FORM_ACCUMULATORS 0u
#define ST_LAYER_FORM_UPPER_WORD 1u
#define ST_LAYER_FORM_FLOOR 2u
#define ST_LAYER_FORM_ONE_WORD 3u
#define ST_LAYER_FORM_TWO_WORDS 4u
#define ST_LAYER_FORM_THRESHOLDS 5u
/* widths of the operands */
#define ST_REGISTER_CONFIG1 0x44u
#define ST_CONFIG1_ACTIVATION_BITS_SHIFT 0
#define ST_CONFIG1_ACTIVATION_BITS_MASK 0xffu
#define ST_CONFIG1_WEIGHT_BITS_SHIFT 8
#define ST_CONFIG1_WEIGHT_BITS_MASK 0xffu
/* width of the result */
#define ST_REGISTER_CONFIG2 0x48u
#define ST_CONFIG2_OUTPUT_BITS_SHIFT 0
#define ST_CONFIG2_OUTPUT_BITS_MASK 0xffu
/* rows of the input */
#define ST_REGISTER_INPUT_ROWS 0x4cu
/* columns of the input */
#define ST_REGISTER_INPUT_COLUMNS 0x50u
/* channels of the input */
#define ST_REGISTER_INPUT_CHANNELS 0x54u
/* rows of the output */
#define ST_REGISTER_OUTPUT_ROWS 0x58u
/* columns of the output */
#define ST_REGISTER_OUTPUT_COLUMNS 0x5cu
/* channels of the output */
#define ST_REGISTER_OUTPUT_CHANNELS 0x60u
/* from an output channel of a tile to the next */
#define ST_REGISTER_OUTPUT_STEP 0x64u
/* of a layer with runs: rows from an output pixel's to the next's */
#define ST_REGISTER_STRIDE_ROWS 0x68u
/* likewise of columns */
#define ST_REGISTER_STRIDE_COLUMNS 0x6cu
/* pixels of a run in a row of the memories; 0: the layer has windows of rows and columns */
#define ST_REGISTER_RUN_WIDTH 0x70u
/* what is read outside the input, the lower word */
#define ST_REGISTER_PADDING_LOW 0x74u
/* the upper word */
#define ST_REGISTER_PADDING_HIGH 0x78u
/* the least code, the lower word */
#define ST_REGISTER_LOWEST_LOW 0x7cu
/* the upper word */
#define ST_REGISTER_LOWEST_HIGH 0x80u
/* the largest code, the lower word */
#define ST_REGISTER_HIGHEST_LOW 0x84u
/* the upper word */
#define ST_REGISTER_HIGHEST_HIGH 0x88u
/* how the requantization's parameters are stored */
#define ST_REGISTER_PARAMETERS 0x8cu
#define ST_PARAMETERS_KIND_0_SHIFT 0
#define ST_PARAMETERS_KIND_0_MASK 0x7u
#define ST_PARAMETERS_KIND_1_SHIFT 4
#define ST_PARAMETERS_KIND_1_MASK 0x7u
#define ST_PARAMETERS_KIND_2_SHIFT 8
#define ST_PARAMETERS_KIND_2_MASK 0x7u
#define ST_PARAMETERS_KIND_3_SHIFT 12
#define ST_PARAMETERS_KIND_3_MASK 0x7u
#define ST_PARAMETERS_KIND_4_SHIFT 16
#define ST_PARAMETERS_KIND_4_MASK 0x7u
#define ST_PARAMETERS_KIND_5_SHIFT 20
#define ST_PARAMETERS_KIND_5_MASK 0x7u
#define ST_PARAMETERS_STEPS_SHIFT 24
#define ST_PARAMETERS_STEPS_MASK 0x3fu
/* address of the layer's input */
#define ST_REGISTER_INPUT_LOW 0xc0u
/* what is above 32 bits of it */
#define ST_REGISTER_INPUT_HIGH 0xc4u
/* address of the layer's output */
#define ST_REGISTER_OUTPUT_LOW 0xc8u
/* what is above 32 bits of it */
#define ST_REGISTER_OUTPUT_HIGH 0xccu
/* address of the initial accumulators; 0: they are zeros */
#define ST_REGISTER_INITIAL_LOW 0xd0u
/* what is above 32 bits of it */
#define ST_REGISTER_INITIAL_HIGH 0xd4u
/* address of a requantization parameter */
#define ST_REGISTER_PARAMETER_0_LOW 0xd8u
/* what is above 32 bits of it */
#define ST_REGISTER_PARAMETER_0_HIGH 0xdcu
/* address of a requantization parameter */
#define ST_REGISTER_PARAMETER_1_LOW 0xe0u
/* what is above 32 bits of it */
#define ST_REGISTER_PARAMETER_1_HIGH 0xe4u
/* address of a requantization parameter */
#define ST_REGISTER_PARAMETER_2_LOW 0xe8u
/* what is above 32 bits of it */
#define ST_REGISTER_PARAMETER_2_HIGH 0xecu
/* address of a requantization parameter */
#define ST_REGISTER_PARAMETER_3_LOW 0xf0u
/* what is above 32 bits of it */
#define ST_REGISTER_PARAMETER_3_HIGH 0xf4u
/* address of a requantization parameter */
#define ST_REGISTER_PARAMETER_4_LOW 0xf8u
/* what is above 32 bits of it */
#define ST_REGISTER_PARAMETER_4_HIGH 0xfcu
/* address of a requantization parameter */
#define ST_REGISTER_PARAMETER_5_LOW 0x100u
/* what is above 32 bits of it */
#define ST_REGISTER_PARAMETER_5_HIGH 0x104u
/* first row of the window, perhaps negative; of a run: its first output pixel */
#define ST_REGISTER_LOAD_ROW 0x140u
/* from a row that is loaded to the next */
#define ST_REGISTER_LOAD_ROW_STEP 0x144u
/* how many are loaded; of a run: its pixels */
#define ST_REGISTER_LOAD_ROWS 0x148u
/* first column of the window, perhaps negative */
#define ST_REGISTER_LOAD_COLUMN 0x14cu
/* from a column that is loaded to the next */
#define ST_REGISTER_LOAD_COLUMN_STEP 0x150u
/* how many are loaded */
#define ST_REGISTER_LOAD_COLUMNS 0x154u
/* first channel */
#define ST_REGISTER_LOAD_CHANNEL 0x158u
/* how many are loaded */
#define ST_REGISTER_LOAD_CHANNELS 0x15cu
/* digit in base 2^16 */
#define ST_REGISTER_LOAD_LIMB 0x160u
/* half of the input memory */
#define ST_REGISTER_LOAD_HALF 0x164u
/* address of a block of weights */
#define ST_REGISTER_WEIGHTS_LOW 0x168u
/* what is above 32 bits of it */
#define ST_REGISTER_WEIGHTS_HIGH 0x16cu
/* its taps */
#define ST_REGISTER_WEIGHTS_KERNEL_ROWS 0x170u
/* its taps */
#define ST_REGISTER_WEIGHTS_KERNEL_COLUMNS 0x174u
/* its input channels */
#define ST_REGISTER_WEIGHTS_INPUTS 0x178u
/* its output channels */
#define ST_REGISTER_WEIGHTS_OUTPUTS 0x17cu
/* half of the weight memory */
#define ST_REGISTER_WEIGHTS_HALF 0x180u
/* first output pixel of the tile, counted row by row */
#define ST_REGISTER_TILE_PIXEL 0x184u
/* rows of accumulators */
#define ST_REGISTER_TILE_ROWS 0x188u
/* accumulators of a row */
#define ST_REGISTER_TILE_COLUMNS 0x18cu
/* accumulators of the last row */
#define ST_REGISTER_TILE_LAST_COLUMNS 0x190u
/* first output channel */
#define ST_REGISTER_TILE_OUTPUT 0x194u
/* how many */
#define ST_REGISTER_TILE_OUTPUTS 0x198u
/* half of the accumulators */
#define ST_REGISTER_TILE_HALF 0x19cu
/* taps of the part of the kernel */
#define ST_REGISTER_PASS_KERNEL_ROWS 0x1a0u
/* taps of the part of the kernel */
#define ST_REGISTER_PASS_KERNEL_COLUMNS 0x1a4u
/* loaded rows from an output pixel's to the next's */
#define ST_REGISTER_PASS_STRIDE_ROWS 0x1a8u
/* likewise of columns */
#define ST_REGISTER_PASS_STRIDE_COLUMNS 0x1acu
/* loaded rows from a tap's to the next's */
#define ST_REGISTER_PASS_DILATION_ROWS 0x1b0u
/* likewise of columns */
#define ST_REGISTER_PASS_DILATION_COLUMNS 0x1b4u
/* input channels */
#define ST_REGISTER_PASS_CHANNELS 0x1b8u
/* the products' weight as a power of two */
#define ST_REGISTER_PASS_SHIFT 0x1bcu
/* half of the input memory */
#define ST_REGISTER_PASS_INPUT_HALF 0x1c0u
/* half of the weight memory */
#define ST_REGISTER_PASS_WEIGHTS_HALF 0x1c4u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_INPUT_ROWS 0x200u
#define ST_CONV2D_INPUT_ROWS_VALUE 0x12u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_INPUT_COLUMNS 0x204u
#define ST_CONV2D_INPUT_COLUMNS_VALUE 0x12u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_INPUT_CHANNELS 0x208u
#define ST_CONV2D_INPUT_CHANNELS_VALUE 0x10u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_OUTPUT_ROWS 0x20cu
#define ST_CONV2D_OUTPUT_ROWS_VALUE 0x12u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_OUTPUT_COLUMNS 0x210u
#define ST_CONV2D_OUTPUT_COLUMNS_VALUE 0x12u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_OUTPUT_CHANNELS 0x214u
#define ST_CONV2D_OUTPUT_CHANNELS_VALUE 0x10u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_KERNEL_ROWS 0x218u
#define ST_CONV2D_KERNEL_ROWS_VALUE 0x7u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_KERNEL_COLUMNS 0x21cu
#define ST_CONV2D_KERNEL_COLUMNS_VALUE 0x7u
/* of the engine's memories */
#define ST_REGISTER_CONV2D_MULTIPLIERS 0x220u
#define ST_CONV2D_MULTIPLIERS_VALUE 0x10u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_INPUT_ROWS 0x224u
#define ST_DWCONV_INPUT_ROWS_VALUE 0x16u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_INPUT_COLUMNS 0x228u
#define ST_DWCONV_INPUT_COLUMNS_VALUE 0x16u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_OUTPUT_ROWS 0x22cu
#define ST_DWCONV_OUTPUT_ROWS_VALUE 0x16u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_OUTPUT_COLUMNS 0x230u
#define ST_DWCONV_OUTPUT_COLUMNS_VALUE 0x16u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_CHANNELS 0x234u
#define ST_DWCONV_CHANNELS_VALUE 0x10u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_KERNEL_ROWS 0x238u
#define ST_DWCONV_KERNEL_ROWS_VALUE 0x5u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_KERNEL_COLUMNS 0x23cu
#define ST_DWCONV_KERNEL_COLUMNS_VALUE 0x5u
/* of the engine's memories */
#define ST_REGISTER_DWCONV_MULTIPLIERS 0x240u
#define ST_DWCONV_MULTIPLIERS_VALUE 0x10u
/* of the engine's memories */
#define ST_REGISTER_FC_INPUTS 0x244u
#define ST_FC_INPUTS_VALUE 0x100u
/* of the engine's memories */
#define ST_REGISTER_FC_OUTPUTS 0x248u
#define ST_FC_OUTPUTS_VALUE 0x10u
/* of the engine's memories */
#define ST_REGISTER_FC_MULTIPLIERS 0x24cu
#define ST_FC_MULTIPLIERS_VALUE 0x10u

/* What the registers take. */
#define ST_REGISTER_BYTES 0x300u

/* Registers from ST_REGISTER_LAYER on that are a layer's configuration. */
#define ST_LAYER_WORDS 20

#endif
