/* The driver of an accelerator behind registers, in a machine's memory map or in a simulation. */
#include "st_accelerator.h"

#if ST_USES_ENGINES && (ST_DRIVER == ST_DRIVER_MEMORY_MAPPED || ST_DRIVER == ST_DRIVER_RTL)

#if ST_DRIVER == ST_DRIVER_RTL
#include "st_rtl.h"
#define ST_READ_REGISTER(offset) st_rtl_read_register(offset)
#define ST_WRITE_REGISTER(offset, value) st_rtl_write_register(offset, value)
#define ST_IDLE() st_rtl_step()
#endif
#include "st_port.h"

static void write(uint32_t offset, uint32_t value)
{
    ST_WRITE_REGISTER(offset, value);
}

static void write_number(uint32_t offset, int value)
{
    write(offset, (uint32_t)value);
}

/* Into the register at `offset` and the one behind it. */
static void write_address(uint32_t offset, const void *pointer)
{
    const uint64_t address = pointer ? ST_BUS_ADDRESS(pointer) : 0u;
    write(offset, (uint32_t)(address & 0xffffffffu));
#if ST_BUS_BITS > 32
    write(offset + 4u, (uint32_t)(address >> 32));
#endif
}

static void command(uint32_t bits)
{
    ST_MEMORY_BARRIER();
    write(ST_REGISTER_COMMAND, bits);
}

/* Bytes of the layer's maps. */
static uint32_t input_bytes(const st_layer *layer)
{
    return (ST_LAYER_WORD(layer, INPUT_ROWS) * ST_LAYER_WORD(layer, INPUT_COLUMNS) * ST_LAYER_WORD(layer, INPUT_CHANNELS))
           << ST_FIELD(ST_LAYER_WORD(layer, LAYER), LAYER_INPUT_SIZE);
}

static uint32_t output_bytes(const st_layer *layer)
{
    return (ST_LAYER_WORD(layer, OUTPUT_ROWS) * ST_LAYER_WORD(layer, OUTPUT_COLUMNS) * ST_LAYER_WORD(layer, OUTPUT_CHANNELS))
           << ST_FIELD(ST_LAYER_WORD(layer, LAYER), LAYER_OUTPUT_SIZE);
}

st_status st_open(const st_job *job)
{
    const st_layer *const layer = job->layer;
    if (ST_READ_REGISTER(ST_REGISTER_ID) != ST_ID_VALUE || ST_READ_REGISTER(ST_REGISTER_TARGET) != ST_TARGET_VALUE) {
        return ST_WRONG_DEVICE;
    }
    ST_CLEAN_CACHE(job->input, input_bytes(layer));
    /* Lines that the processor has written there must not be written later. */
    ST_CLEAN_CACHE(job->output, output_bytes(layer));
    for (uint32_t word = 0; word < ST_LAYER_WORDS; ++word) {
        write(ST_REGISTER_LAYER + 4u * word, layer->words[word]);
    }
    write_address(ST_REGISTER_INPUT_LOW, job->input);
    write_address(ST_REGISTER_OUTPUT_LOW, job->output);
    write_address(ST_REGISTER_INITIAL_LOW, layer->initial);
    for (uint32_t which = 0; which < ST_PARAMETERS; ++which) {
        write_address(ST_REGISTER_PARAMETER_0_LOW + 8u * which, layer->parameters[which]);
    }
    return ST_OK;
}

void st_load(const st_job *job)
{
    const st_window *const window = &job->window;
    const st_run *const run = &job->run;
    if (run->width > 0) {
        write_number(ST_REGISTER_LOAD_ROW, run->first_pixel);
        write_number(ST_REGISTER_LOAD_ROWS, run->pixels);
        write_number(ST_REGISTER_LOAD_CHANNEL, run->first_channel);
        write_number(ST_REGISTER_LOAD_CHANNELS, run->channels);
        write_number(ST_REGISTER_LOAD_LIMB, run->limb);
    } else {
        write_number(ST_REGISTER_LOAD_ROW, window->rows.first);
        write_number(ST_REGISTER_LOAD_ROW_STEP, window->rows.step);
        write_number(ST_REGISTER_LOAD_ROWS, window->rows.count);
        write_number(ST_REGISTER_LOAD_COLUMN, window->columns.first);
        write_number(ST_REGISTER_LOAD_COLUMN_STEP, window->columns.step);
        write_number(ST_REGISTER_LOAD_COLUMNS, window->columns.count);
        write_number(ST_REGISTER_LOAD_CHANNEL, window->first_channel);
        write_number(ST_REGISTER_LOAD_CHANNELS, window->channels);
        write_number(ST_REGISTER_LOAD_LIMB, window->limb);
    }
    write_number(ST_REGISTER_LOAD_HALF, job->input_half);
    command(ST_COMMAND_LOAD);
}

void st_weights(const st_job *job)
{
    write_address(ST_REGISTER_WEIGHTS_LOW, job->weights);
    write_number(ST_REGISTER_WEIGHTS_KERNEL_ROWS, job->kernel_rows);
    write_number(ST_REGISTER_WEIGHTS_KERNEL_COLUMNS, job->kernel_columns);
    write_number(ST_REGISTER_WEIGHTS_INPUTS, job->pass.channels);
    write_number(ST_REGISTER_WEIGHTS_OUTPUTS, job->outputs);
    write_number(ST_REGISTER_WEIGHTS_HALF, job->weights_half);
    command(ST_COMMAND_WEIGHTS);
}

void st_start(const st_job *job, int begins)
{
    const st_pass *const pass = &job->pass;
    const st_tile *const tile = &job->tile;
    if (begins) {
        write_number(ST_REGISTER_TILE_PIXEL, tile->first_pixel);
        write_number(ST_REGISTER_TILE_ROWS, tile->rows);
        write_number(ST_REGISTER_TILE_COLUMNS, tile->columns);
        write_number(ST_REGISTER_TILE_LAST_COLUMNS, tile->last_columns);
        write_number(ST_REGISTER_TILE_OUTPUT, tile->first_output);
        write_number(ST_REGISTER_TILE_OUTPUTS, tile->outputs);
        write_number(ST_REGISTER_TILE_HALF, job->accumulators_half);
    }
    write_number(ST_REGISTER_PASS_KERNEL_ROWS, pass->kernel_rows);
    write_number(ST_REGISTER_PASS_KERNEL_COLUMNS, pass->kernel_columns);
    write_number(ST_REGISTER_PASS_STRIDE_ROWS, pass->stride_rows);
    write_number(ST_REGISTER_PASS_STRIDE_COLUMNS, pass->stride_columns);
    write_number(ST_REGISTER_PASS_DILATION_ROWS, pass->dilation_rows);
    write_number(ST_REGISTER_PASS_DILATION_COLUMNS, pass->dilation_columns);
    write_number(ST_REGISTER_PASS_CHANNELS, pass->channels);
    write_number(ST_REGISTER_PASS_SHIFT, pass->shift);
    write_number(ST_REGISTER_PASS_INPUT_HALF, job->input_half);
    write_number(ST_REGISTER_PASS_WEIGHTS_HALF, job->weights_half);
    command(begins ? ST_COMMAND_PASS | ST_COMMAND_BEGIN : ST_COMMAND_PASS);
}

void st_store(const st_job *job)
{
    /* The tile's registers hold what the pass began with. */
    (void)job;
    command(ST_COMMAND_STORE);
}

st_status st_wait(int units)
{
    st_status status = ST_TIMEOUT;
#if ST_INTERRUPTS
    write_number(ST_REGISTER_INTERRUPT_ENABLE, units);
#endif
    for (long poll = 0; poll < ST_POLLS; ++poll) {
        const uint32_t state = ST_READ_REGISTER(ST_REGISTER_STATUS);
        if ((state & ST_STATUS_ERROR) != 0u) {
            status = ST_DEVICE_ERROR;
            break;
        }
        if ((state & (uint32_t)units) == 0u) {
            status = ST_OK;
            break;
        }
        ST_IDLE();
    }
#if ST_INTERRUPTS
    write(ST_REGISTER_INTERRUPT_ENABLE, 0u);
#endif
    return status;
}

#if ST_INTERRUPTS
void st_acknowledge(void)
{
    write(ST_REGISTER_INTERRUPT, ST_READ_REGISTER(ST_REGISTER_INTERRUPT));
}
#endif

st_status st_close(const st_job *job, st_status status)
{
    if (status == ST_OK) {
        ST_INVALIDATE_CACHE(job->output, output_bytes(job->layer));
    } else if (status != ST_WRONG_DEVICE) {
        command(ST_COMMAND_RESET);
    }
    return status;
}

#if ST_DRIVER == ST_DRIVER_RTL
uint64_t st_rtl_read_memory(uint64_t address, int bytes)
{
    const unsigned char *const memory = (const unsigned char *)(uintptr_t)address;
    uint64_t value = 0;
    for (int byte = 0; byte < bytes; ++byte) {
        value |= (uint64_t)memory[byte] << (8 * byte);
    }
    return value;
}

void st_rtl_write_memory(uint64_t address, uint64_t value, int bytes)
{
    unsigned char *const memory = (unsigned char *)(uintptr_t)address;
    for (int byte = 0; byte < bytes; ++byte) {
        memory[byte] = (unsigned char)(value >> (8 * byte));
    }
}
#endif

#endif
