/* The model of the accelerator. It knows its registers, and what their addresses point to: nothing of the network and of its driver.
 *
 * A command takes with it what the registers hold at that moment. Units that work at the same time end in an order that is drawn, and
 * not before they are waited for; a command that meets another unit in a half of a memory is an error: so a driver that
 * does not wait fails. The model multiplies with the engines in C, whose memories are filled from a half and written back to it. */
#include "st_accelerator.h"

#if ST_USES_ENGINES && defined(ST_DEVICE_MODEL) && (ST_DRIVER == ST_DRIVER_MEMORY_MAPPED || ST_DRIVER == ST_DRIVER_RTL)

#include <string.h>

#include "st_arithmetic.h"
#include "st_device.h"
#include "st_memories.h"
#include "st_port.h"
#include "st_rtl.h"

/* What can go wrong, for tests: a unit that never ends, a device of another target. */
#ifndef ST_DEVICE_HANGS
#define ST_DEVICE_HANGS 0
#endif
#ifndef ST_DEVICE_TARGET
#define ST_DEVICE_TARGET ST_TARGET_VALUE
#endif

enum { UNITS = 4, REGISTERS = ST_REGISTER_BYTES / 4 };

static uint32_t registers[REGISTERS];
/* What each unit was told, by the bit of its command. */
static struct {
    uint32_t told[REGISTERS];
    int begins;
} units[UNITS];
static uint32_t busy, error, ended;

/* An engine's memories: those of the engine in C, and the two halves of each. */
typedef struct {
    int rows, columns, channels;
    int output_rows, output_columns, outputs;
    int taps, inputs;
    uint16_t *input, *kernel;
    st_accumulator *output;
    uint16_t *inputs_of, *kernels_of;
    st_accumulator *outputs_of;
} engine_memories;

#if ST_USES_CONV2D
static uint16_t conv2d_inputs[2][ST_CONV2D_INPUT_ROWS * ST_CONV2D_INPUT_COLUMNS * ST_CONV2D_INPUT_CHANNELS];
static uint16_t conv2d_kernels[2][ST_CONV2D_KERNEL_ROWS * ST_CONV2D_KERNEL_COLUMNS * ST_CONV2D_INPUT_CHANNELS *
                                  ST_CONV2D_OUTPUT_CHANNELS];
static st_accumulator
    conv2d_outputs[2][ST_CONV2D_OUTPUT_ROWS * ST_CONV2D_OUTPUT_COLUMNS * ST_CONV2D_OUTPUT_CHANNELS];
#endif
#if ST_USES_DWCONV
static uint16_t dwconv_inputs[2][ST_DWCONV_INPUT_ROWS * ST_DWCONV_INPUT_COLUMNS * ST_DWCONV_CHANNELS];
static uint16_t dwconv_kernels[2][ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS * ST_DWCONV_CHANNELS];
static st_accumulator dwconv_outputs[2][ST_DWCONV_OUTPUT_ROWS * ST_DWCONV_OUTPUT_COLUMNS * ST_DWCONV_CHANNELS];
#endif
#if ST_USES_FC
static uint16_t fc_inputs[2][ST_FC_INPUTS];
static uint16_t fc_kernels[2][ST_FC_INPUTS * ST_FC_OUTPUTS];
static st_accumulator fc_outputs[2][ST_FC_OUTPUTS];
#endif

/* The words of a block of weights, as they are stored: not more than in the largest memory. */
#define MORE(a, b) ((a) > (b) ? (a) : (b))
#define MOST_WORDS \
    MORE(MORE(ST_CONV2D_KERNEL_ROWS * ST_CONV2D_KERNEL_COLUMNS * ST_CONV2D_INPUT_CHANNELS * ST_CONV2D_OUTPUT_CHANNELS, \
             ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS * ST_DWCONV_CHANNELS), ST_FC_INPUTS * ST_FC_OUTPUTS)
static uint16_t stored[MOST_WORDS];

static uint32_t field_of_layer(const uint32_t told[], int shift, uint32_t mask)
{
    return (told[ST_REGISTER_LAYER / 4] >> shift) & mask;
}

#define TOLD(name) (told[ST_REGISTER_##name / 4])
#define NUMBER(name) ((int)st_signed32(TOLD(name)))
#define ADDRESS(name) ((uint64_t)told[ST_REGISTER_##name##_LOW / 4 + 1] << 32 | told[ST_REGISTER_##name##_LOW / 4])
#define OF_LAYER(name) field_of_layer(told, ST_LAYER_##name##_SHIFT, ST_LAYER_##name##_MASK)

static engine_memories memories(const uint32_t told[])
{
    engine_memories found = {0};
    switch (OF_LAYER(ENGINE)) {
#if ST_USES_CONV2D
    case ST_LAYER_ENGINE_CONV2D: {
        const engine_memories conv2d = {
            ST_CONV2D_INPUT_ROWS, ST_CONV2D_INPUT_COLUMNS, ST_CONV2D_INPUT_CHANNELS, ST_CONV2D_OUTPUT_ROWS,
            ST_CONV2D_OUTPUT_COLUMNS, ST_CONV2D_OUTPUT_CHANNELS, ST_CONV2D_KERNEL_ROWS * ST_CONV2D_KERNEL_COLUMNS,
            ST_CONV2D_INPUT_CHANNELS, &st_conv2d_input[0][0][0], &st_conv2d_kernel[0][0][0][0],
            &st_conv2d_output[0][0][0], conv2d_inputs[0], conv2d_kernels[0], conv2d_outputs[0]};
        found = conv2d;
        break;
    }
#endif
#if ST_USES_DWCONV
    case ST_LAYER_ENGINE_DWCONV: {
        const engine_memories dwconv = {
            ST_DWCONV_INPUT_ROWS, ST_DWCONV_INPUT_COLUMNS, ST_DWCONV_CHANNELS, ST_DWCONV_OUTPUT_ROWS,
            ST_DWCONV_OUTPUT_COLUMNS, ST_DWCONV_CHANNELS, ST_DWCONV_KERNEL_ROWS * ST_DWCONV_KERNEL_COLUMNS, 1,
            &st_dwconv_input[0][0][0], &st_dwconv_kernel[0][0], &st_dwconv_output[0][0][0], dwconv_inputs[0],
            dwconv_kernels[0], dwconv_outputs[0]};
        found = dwconv;
        break;
    }
#endif
#if ST_USES_FC
    case ST_LAYER_ENGINE_FC: {
        const engine_memories fc = {
            1, 1, ST_FC_INPUTS, 1, 1, ST_FC_OUTPUTS, 1, ST_FC_INPUTS, st_fc_input, &st_fc_kernel[0][0], st_fc_output,
            fc_inputs[0], fc_kernels[0], fc_outputs[0]};
        found = fc;
        break;
    }
#endif
    default:
        error = 1;
    }
    return found;
}

static size_t input_words(const engine_memories *engine)
{
    return (size_t)(engine->rows * engine->columns * engine->channels);
}

static size_t kernel_words(const engine_memories *engine)
{
    return (size_t)(engine->taps * engine->inputs * engine->outputs);
}

static size_t accumulators(const engine_memories *engine)
{
    return (size_t)(engine->output_rows * engine->output_columns * engine->outputs);
}

/* What the registers ask for has to fit. */
static int fits(int value, int most)
{
    if (value < 1 || value > most) {
        error = 1;
    }
    return !error;
}

/* The bus. */
static void fetch(uint64_t address, void *data, int bytes)
{
#if ST_DRIVER == ST_DRIVER_RTL
    unsigned char *const to = (unsigned char *)data;
    for (int done = 0; done < bytes;) {
        const int beat = bytes - done < 8 ? bytes - done : 8;
        const uint64_t value = st_rtl_read_memory(address + (uint64_t)done, beat);
        for (int byte = 0; byte < beat; ++byte) {
            to[done + byte] = (unsigned char)(value >> (8 * byte));
        }
        done += beat;
    }
#else
    memcpy(data, (const void *)(uintptr_t)address, (size_t)bytes);
#endif
}

static int64_t fetch_number(uint64_t address, uint32_t size)
{
    int8_t n8;
    int16_t n16;
    int32_t n32;
    int64_t n64;
    switch (size & 3u) {
    case 0:
        fetch(address, &n8, 1);
        return n8;
    case 1:
        fetch(address, &n16, 2);
        return n16;
    case 2:
        fetch(address, &n32, 4);
        return n32;
    default:
        fetch(address, &n64, 8);
        return n64;
    }
}

static void put_number(uint64_t address, uint32_t size, int64_t number)
{
    const int bytes = 1 << size;
#if ST_DRIVER == ST_DRIVER_RTL
    st_rtl_write_memory(address, (uint64_t)number, bytes);
#else
    const uint8_t n8 = (uint8_t)number;
    const uint16_t n16 = (uint16_t)number;
    const uint32_t n32 = (uint32_t)number;
    const void *const numbers[] = {&n8, &n16, &n32, &number};
    memcpy((void *)(uintptr_t)address, numbers[size & 3u], (size_t)bytes);
#endif
}

/* The words of a pixel, from its codes, of which one that lies outside the map is the padding. */
static void load_pixel(const uint32_t told[], uint64_t source, int inside, uint16_t words[])
{
    const int lanes = OF_LAYER(ENGINE) == ST_LAYER_ENGINE_DWCONV ? 1 : st_lanes((st_mode)OF_LAYER(MODE));
    const uint32_t size = OF_LAYER(INPUT_SIZE);
    const int64_t padding = st_signed64((uint64_t)TOLD(PADDING_HIGH) << 32 | TOLD(PADDING_LOW));
    const int channels = NUMBER(LOAD_CHANNELS);
    for (int channel = 0; channel < channels; ++channel) {
        const int64_t code = inside ? fetch_number(source + ((uint64_t)channel << size), size) : padding;
        const uint16_t operand = st_place(st_limb(code, NUMBER(LOAD_LIMB)), channel % lanes, lanes);
        uint16_t *const word = &words[channel / lanes];
        *word = (uint16_t)(channel % lanes == 0 ? operand : *word | operand);
    }
}

static void load(const uint32_t told[])
{
    const engine_memories engine = memories(told);
    const int map_rows = NUMBER(INPUT_ROWS), map_columns = NUMBER(INPUT_COLUMNS), map_channels = NUMBER(INPUT_CHANNELS);
    const int width = NUMBER(RUN_WIDTH);
    const int rows = width > 0 ? (NUMBER(LOAD_ROWS) + width - 1) / width : NUMBER(LOAD_ROWS);
    const int columns = width > 0 ? width : NUMBER(LOAD_COLUMNS);
    if (!fits(rows, engine.rows) || !fits(columns, engine.columns) || !fits(NUMBER(LOAD_CHANNELS), engine.channels * 4)) {
        return;
    }
    for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < columns; ++c) {
            uint16_t *const words = engine.inputs_of + TOLD(LOAD_HALF) * input_words(&engine) +
                                    (r * engine.columns + c) * engine.channels;
            int row, column;
            if (width > 0) {
                const int pixel = r * width + c;
                const int output_columns = NUMBER(OUTPUT_COLUMNS);
                if (pixel >= NUMBER(LOAD_ROWS)) {
                    return;
                }
                row = (NUMBER(LOAD_ROW) + pixel) / output_columns * NUMBER(STRIDE_ROWS);
                column = (NUMBER(LOAD_ROW) + pixel) % output_columns * NUMBER(STRIDE_COLUMNS);
            } else {
                row = NUMBER(LOAD_ROW) + r * NUMBER(LOAD_ROW_STEP);
                column = NUMBER(LOAD_COLUMN) + c * NUMBER(LOAD_COLUMN_STEP);
            }
            {
                const int inside = row >= 0 && row < map_rows && column >= 0 && column < map_columns;
                const int64_t code = ((int64_t)row * map_columns + column) * map_channels + NUMBER(LOAD_CHANNEL);
                load_pixel(told, ADDRESS(INPUT) + ((uint64_t)code << OF_LAYER(INPUT_SIZE)), inside, words);
            }
        }
    }
}

static void weights(const uint32_t told[])
{
    const engine_memories engine = memories(told);
    const int bits = (int)OF_LAYER(FIELD_BITS);
    const st_mode mode = (st_mode)OF_LAYER(MODE);
    const int kernel_rows = NUMBER(WEIGHTS_KERNEL_ROWS), kernel_columns = NUMBER(WEIGHTS_KERNEL_COLUMNS);
    const int inputs = NUMBER(WEIGHTS_INPUTS), outputs = NUMBER(WEIGHTS_OUTPUTS);
    const uint32_t kind = OF_LAYER(ENGINE);
    const int operands = kernel_rows * kernel_columns * (kind == ST_LAYER_ENGINE_DWCONV ? 1 : inputs);
    const int count = (operands * outputs * bits + 15) / 16;
    if (!fits(kernel_rows * kernel_columns, engine.taps) || !fits(outputs, engine.outputs) || !fits(count, MOST_WORDS)) {
        return;
    }
    fetch(ADDRESS(WEIGHTS), stored, 2 * count);
#if ST_USES_CONV2D
    if (kind == ST_LAYER_ENGINE_CONV2D) {
        st_conv2d_weights(stored, kernel_rows, kernel_columns, inputs, outputs, bits, mode);
    }
#endif
#if ST_USES_DWCONV
    if (kind == ST_LAYER_ENGINE_DWCONV) {
        st_dwconv_weights(stored, operands, outputs, bits, mode);
    }
#endif
#if ST_USES_FC
    if (kind == ST_LAYER_ENGINE_FC) {
        st_fc_weights(stored, operands, outputs, bits, mode);
    }
#endif
    memcpy(engine.kernels_of + TOLD(WEIGHTS_HALF) * kernel_words(&engine), engine.kernel, 2 * kernel_words(&engine));
}

/* The initial accumulators of the tile's channels. */
static void begin(const uint32_t told[], const engine_memories *engine, st_accumulator sums[])
{
    for (int o = 0; o < engine->outputs; ++o) {
        const uint64_t channel = (uint64_t)(NUMBER(TILE_OUTPUT) + o * NUMBER(OUTPUT_STEP));
        const int reads = ADDRESS(INITIAL) != 0u && o < NUMBER(TILE_OUTPUTS);
        const st_accumulator initial =
            reads ? (st_accumulator)fetch_number(
                        ADDRESS(INITIAL) + channel * sizeof(st_accumulator), ST_ACCUMULATOR_BITS == 64 ? 3u : 2u)
                  : 0;
        for (int pixel = 0; pixel < engine->output_rows * engine->output_columns; ++pixel) {
            sums[pixel * engine->outputs + o] = initial;
        }
    }
}

static void pass(const uint32_t told[], int begins)
{
    const engine_memories engine = memories(told);
    st_pass numbers;
    st_accumulator *const sums = engine.outputs_of + TOLD(TILE_HALF) * accumulators(&engine);
    if (!fits(NUMBER(TILE_ROWS), engine.output_rows) || !fits(NUMBER(TILE_COLUMNS), engine.output_columns)) {
        return;
    }
    numbers.rows = NUMBER(TILE_ROWS);
    numbers.columns = NUMBER(TILE_COLUMNS);
    numbers.kernel_rows = NUMBER(PASS_KERNEL_ROWS);
    numbers.kernel_columns = NUMBER(PASS_KERNEL_COLUMNS);
    numbers.stride_rows = NUMBER(PASS_STRIDE_ROWS);
    numbers.stride_columns = NUMBER(PASS_STRIDE_COLUMNS);
    numbers.dilation_rows = NUMBER(PASS_DILATION_ROWS);
    numbers.dilation_columns = NUMBER(PASS_DILATION_COLUMNS);
    numbers.channels = NUMBER(PASS_CHANNELS);
    numbers.mode = (st_mode)OF_LAYER(MODE);
    numbers.wide = (int)OF_LAYER(WIDE);
    numbers.shift = NUMBER(PASS_SHIFT);
    if (begins) {
        begin(told, &engine, sums);
    }
    memcpy(engine.input, engine.inputs_of + TOLD(PASS_INPUT_HALF) * input_words(&engine), 2 * input_words(&engine));
    memcpy(engine.kernel, engine.kernels_of + TOLD(PASS_WEIGHTS_HALF) * kernel_words(&engine), 2 * kernel_words(&engine));
    memcpy(engine.output, sums, accumulators(&engine) * sizeof *sums);
#if ST_USES_CONV2D
    if (OF_LAYER(ENGINE) == ST_LAYER_ENGINE_CONV2D) {
        st_conv2d_run(&numbers);
    }
#endif
#if ST_USES_DWCONV
    if (OF_LAYER(ENGINE) == ST_LAYER_ENGINE_DWCONV) {
        st_dwconv_run(&numbers);
    }
#endif
#if ST_USES_FC
    if (OF_LAYER(ENGINE) == ST_LAYER_ENGINE_FC) {
        const int lanes = st_lanes(numbers.mode);
        st_fc_run((numbers.channels + lanes - 1) / lanes, numbers.mode, numbers.wide, numbers.shift);
    }
#endif
    memcpy(sums, engine.output, accumulators(&engine) * sizeof *sums);
}

/* An element of the array that parameter `which` is. */
static int64_t element(const uint32_t told[], int which, int64_t index)
{
    const uint32_t kind = TOLD(PARAMETERS) >> (4 * which);
    const uint32_t *const low = told + ST_REGISTER_PARAMETER_0_LOW / 4 + 2 * which;
    const uint64_t address = (uint64_t)low[1] << 32 | low[0];
    return fetch_number(address + ((uint64_t)index << (kind & 3u)), kind);
}

/* Parameter `which` of a channel. */
static int64_t parameter(const uint32_t told[], int which, int channel)
{
    return element(told, which, (TOLD(PARAMETERS) >> (4 * which)) & 4u ? channel : 0);
}

static int64_t stepped(const uint32_t told[], int channel, int64_t accumulator)
{
    const int64_t first = parameter(told, ST_FIRST_THRESHOLD, channel);
    int64_t low = 0, high = parameter(told, ST_THRESHOLD_COUNT, channel);
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (element(told, ST_ALL_THRESHOLDS, first + middle) <= accumulator) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return element(told, ST_ALL_CODES, parameter(told, ST_FIRST_CODE, channel) + low);
}

/* What makes codes of a channel's accumulators: 128 bits hold every way of rounding. */
typedef struct {
    int64_t multiplier, addend_high, offset;
    uint64_t addend;
    unsigned shift;
    int even;
} rounding;

static rounding rounding_of(const uint32_t told[], int channel)
{
    rounding found = {0};
    const st_form form = (st_form)OF_LAYER(FORM);
    if (form == ST_ACCUMULATORS || form == ST_THRESHOLDS) {
        return found;
    }
    found.multiplier = parameter(told, ST_MULTIPLIER, channel);
    found.addend = (uint64_t)parameter(told, ST_ADDEND, channel);
    found.addend_high = found.addend >> 63 != 0u ? -1 : 0;
    found.shift = form == ST_UPPER_WORD ? 32u : (unsigned)parameter(told, ST_SHIFT, channel);
    if (form == ST_ONE_WORD || form == ST_TWO_WORDS) {
        found.even = (int)parameter(told, ST_EVEN, channel);
        found.offset = parameter(told, ST_OFFSET, channel);
    }
    if (form == ST_TWO_WORDS) {
        found.addend_high = parameter(told, ST_ADDEND_HIGH, channel);
    }
    return found;
}

static void store(const uint32_t told[])
{
    const engine_memories engine = memories(told);
    const st_accumulator *const sums = engine.outputs_of + TOLD(TILE_HALF) * accumulators(&engine);
    const int64_t lowest = st_signed64((uint64_t)TOLD(LOWEST_HIGH) << 32 | TOLD(LOWEST_LOW));
    const int64_t highest = st_signed64((uint64_t)TOLD(HIGHEST_HIGH) << 32 | TOLD(HIGHEST_LOW));
    const int rows = NUMBER(TILE_ROWS), outputs = NUMBER(TILE_OUTPUTS);
    const int width = NUMBER(RUN_WIDTH) > 0 ? NUMBER(RUN_WIDTH) : NUMBER(OUTPUT_COLUMNS);
    if (!fits(outputs, engine.outputs)) {
        return;
    }
    for (int o = 0; o < outputs; ++o) {
        const int channel = NUMBER(TILE_OUTPUT) + o * NUMBER(OUTPUT_STEP);
        const rounding made = rounding_of(told, channel);
        for (int r = 0; r < rows; ++r) {
            const int columns = r + 1 < rows ? NUMBER(TILE_COLUMNS) : NUMBER(TILE_LAST_COLUMNS);
            for (int c = 0; c < columns; ++c) {
                const int64_t accumulator = sums[(r * engine.output_columns + c) * engine.outputs + o];
                const int64_t pixel = (int64_t)NUMBER(TILE_PIXEL) + (int64_t)r * width + c;
                int64_t code = accumulator;
                switch ((st_form)OF_LAYER(FORM)) {
                case ST_ACCUMULATORS:
                    break;
                case ST_UPPER_WORD:
                case ST_FLOOR:
                case ST_ONE_WORD:
                case ST_TWO_WORDS:
                    code = st_requantize_wide(
                        accumulator, made.multiplier, made.addend_high, made.addend, made.shift, made.even);
                    code = st_clamp(code + made.offset, lowest, highest);
                    break;
                case ST_THRESHOLDS:
                    code = stepped(told, channel, accumulator);
                    break;
                }
                put_number(
                    ADDRESS(OUTPUT) + ((uint64_t)(pixel * NUMBER(OUTPUT_CHANNELS) + channel) << OF_LAYER(OUTPUT_SIZE)),
                    OF_LAYER(OUTPUT_SIZE), code);
            }
        }
    }
}

/* Whether a unit works on the half of a memory that a register names, given another one's register. */
static int meets(uint32_t unit, uint32_t its_half, uint32_t half)
{
    uint32_t bit = 0;
    while ((1u << bit) != unit) {
        ++bit;
    }
    return (busy & unit) != 0u && units[bit].told[its_half / 4u] == registers[half / 4u];
}

/* Whether a command would use what another unit still fills, or fill what it still uses. */
static int conflicts(uint32_t command)
{
    switch (command) {
    case ST_COMMAND_LOAD:
        return meets(ST_COMMAND_PASS, ST_REGISTER_PASS_INPUT_HALF, ST_REGISTER_LOAD_HALF);
    case ST_COMMAND_WEIGHTS:
        return meets(ST_COMMAND_PASS, ST_REGISTER_PASS_WEIGHTS_HALF, ST_REGISTER_WEIGHTS_HALF);
    case ST_COMMAND_PASS:
        return meets(ST_COMMAND_LOAD, ST_REGISTER_LOAD_HALF, ST_REGISTER_PASS_INPUT_HALF) ||
               meets(ST_COMMAND_WEIGHTS, ST_REGISTER_WEIGHTS_HALF, ST_REGISTER_PASS_WEIGHTS_HALF) ||
               meets(ST_COMMAND_STORE, ST_REGISTER_TILE_HALF, ST_REGISTER_TILE_HALF);
    default:
        return meets(ST_COMMAND_PASS, ST_REGISTER_TILE_HALF, ST_REGISTER_TILE_HALF);
    }
}

void st_device_step(void)
{
    static uint32_t drawn = 1;
    if (busy == 0u || ST_DEVICE_HANGS) {
        return;
    }
    drawn = drawn * 1664525u + 1013904223u;
    {
        /* Sometimes a unit that has nothing to do: time goes by. */
        const uint32_t unit = drawn >> 30;
        const uint32_t *const told = units[unit].told;
        if ((busy & (1u << unit)) == 0u) {
            return;
        }
        switch (1u << unit) {
        case ST_COMMAND_LOAD:
            load(told);
            break;
        case ST_COMMAND_WEIGHTS:
            weights(told);
            break;
        case ST_COMMAND_PASS:
            pass(told, units[unit].begins);
            break;
        default:
            store(told);
        }
        busy &= ~(1u << unit);
        ended |= 1u << unit;
    }
}

uint32_t st_device_read(uint32_t offset)
{
    switch (offset) {
    case ST_REGISTER_ID:
        return ST_ID_VALUE;
    case ST_REGISTER_TARGET:
        return ST_DEVICE_TARGET;
    case ST_REGISTER_STATUS:
        return busy | (error ? ST_STATUS_ERROR : 0u);
    case ST_REGISTER_INTERRUPT:
        return ended;
    default:
        return registers[offset / 4u];
    }
}

void st_device_write(uint32_t offset, uint32_t value)
{
    switch (offset) {
    case ST_REGISTER_COMMAND:
        if ((value & ST_COMMAND_RESET) != 0u) {
            busy = error = ended = 0u;
            break;
        }
        for (uint32_t unit = 0; unit < UNITS; ++unit) {
            if ((value & (1u << unit)) == 0u) {
                continue;
            }
            if ((busy & (1u << unit)) != 0u || conflicts(1u << unit)) {
                error = 1;
            }
            busy |= 1u << unit;
            ended &= ~(1u << unit);
            memcpy(units[unit].told, registers, sizeof registers);
            units[unit].begins = (value & ST_COMMAND_BEGIN) != 0u;
        }
        break;
    case ST_REGISTER_INTERRUPT:
        ended &= ~value;
        break;
    default:
        registers[offset / 4u] = value;
    }
}

void st_device_interrupt(void)
{
#if ST_INTERRUPTS
    while (busy != 0u && (ended & registers[ST_REGISTER_INTERRUPT_ENABLE / 4]) == 0u) {
        st_device_step();
    }
    st_acknowledge();
#endif
}

#if ST_DRIVER == ST_DRIVER_RTL
void st_rtl_write_register(uint32_t offset, uint32_t value)
{
    st_device_write(offset, value);
}

uint32_t st_rtl_read_register(uint32_t offset)
{
    return st_device_read(offset);
}

void st_rtl_step(void)
{
    st_device_step();
}
#endif

#endif
