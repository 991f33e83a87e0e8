/* Goes through the steps of a layer: which slices the loads, passes and stores are of, and in which order a driver is told. */
#include "st_accelerator.h"
#include "st_arithmetic.h"

#if ST_USES_ENGINES

/* Which slice of each axis the next load is of. */
typedef struct {
    int row, column, output, input, kernel_row, kernel_column, input_limb, weight_limb;
} st_slices;

static st_axis axis(const st_extent numbers[])
{
    const st_axis window = {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
    return window;
}

/* Goes to the slices that `step` names, and returns what follows them. */
static const st_extent *move(st_slices *place, int step, const st_extent *next)
{
    if (step & ST_STEP_ROWS) {
        place->row = *next++;
    }
    if (step & ST_STEP_COLUMNS) {
        place->column = *next++;
    }
    if (step & ST_STEP_OUTPUTS) {
        place->output = *next++;
    }
    if (step & ST_STEP_INPUTS) {
        place->input = *next++;
    }
    if (step & ST_STEP_KERNEL_ROWS) {
        place->kernel_row = *next++;
    }
    if (step & ST_STEP_KERNEL_COLUMNS) {
        place->kernel_column = *next++;
    }
    if (step & ST_STEP_INPUT_LIMB) {
        place->input_limb = *next++;
    }
    if (step & ST_STEP_WEIGHT_LIMB) {
        place->weight_limb = *next++;
    }
    return next;
}

static void set_load(st_job *job, const st_slices *place)
{
    const st_layer *const layer = job->layer;
    const int first_channel = layer->inputs[2 * place->input];
    const int channels = layer->inputs[2 * place->input + 1];
    if (job->run.width > 0) {
        job->run.first_pixel = layer->rows[2 * place->row];
        job->run.pixels = layer->rows[2 * place->row + 1];
        job->run.first_channel = first_channel;
        job->run.channels = channels;
        job->run.limb = place->input_limb;
    } else {
        job->window.rows = axis(layer->row_windows + 5 * (place->row * layer->row_parts + place->kernel_row));
        job->window.columns = axis(layer->column_windows + 5 * (place->column * layer->column_parts + place->kernel_column));
        job->window.first_channel = first_channel;
        job->window.channels = channels;
        job->window.limb = place->input_limb;
    }
    job->pass.channels = channels;
}

static void set_weights(st_job *job, const st_slices *place, int block)
{
    const st_layer *const layer = job->layer;
    job->weights = layer->weights + layer->blocks[block];
    job->kernel_rows = layer->kernel_rows[place->kernel_row];
    job->kernel_columns = layer->kernel_columns[place->kernel_column];
    job->outputs = layer->outputs[2 * place->output + 1];
}

/* The accumulators of the slices. */
static void set_tile(st_job *job, const st_slices *place)
{
    const st_layer *const layer = job->layer;
    st_tile *const tile = &job->tile;
    const int first = layer->rows[2 * place->row];
    const int count = layer->rows[2 * place->row + 1];
    const int width = job->run.width;
    if (width > 0) {
        tile->first_pixel = first;
        tile->rows = (count + width - 1) / width;
        tile->columns = count < width ? count : width;
        tile->last_columns = count - (tile->rows - 1) * width;
    } else {
        const int first_column = layer->columns[2 * place->column];
        tile->first_pixel = first * (int)ST_LAYER_WORD(layer, OUTPUT_COLUMNS) + first_column;
        tile->rows = count;
        tile->columns = layer->columns[2 * place->column + 1];
        tile->last_columns = tile->columns;
    }
    tile->first_output = layer->outputs[2 * place->output];
    tile->outputs = layer->outputs[2 * place->output + 1];
}

static void set_pass(st_job *job, const st_slices *place)
{
    st_pass *const pass = &job->pass;
    pass->rows = job->tile.rows;
    pass->columns = job->tile.columns;
    pass->kernel_rows = job->kernel_rows;
    pass->kernel_columns = job->kernel_columns;
    pass->stride_rows = job->window.rows.stride;
    pass->stride_columns = job->window.columns.stride;
    pass->dilation_rows = job->window.rows.dilation;
    pass->dilation_columns = job->window.columns.dilation;
    pass->shift = 16 * (place->input_limb + place->weight_limb);
}

/* What is the same in all of the layer's tiles. */
static void configure(st_job *job)
{
    const st_layer *const layer = job->layer;
    const uint32_t word = ST_LAYER_WORD(layer, LAYER);
    st_window *const window = &job->window;
    st_run *const run = &job->run;
    window->map_rows = (int)ST_LAYER_WORD(layer, INPUT_ROWS);
    window->map_columns = (int)ST_LAYER_WORD(layer, INPUT_COLUMNS);
    window->map_channels = (int)ST_LAYER_WORD(layer, INPUT_CHANNELS);
    window->padding =
        st_signed64((uint64_t)ST_LAYER_WORD(layer, PADDING_HIGH) << 32 | ST_LAYER_WORD(layer, PADDING_LOW));
    /* The pixels of a run lie side by side. */
    window->rows.stride = window->columns.stride = 1;
    window->rows.dilation = window->columns.dilation = 1;
    run->map_columns = window->map_columns;
    run->map_channels = window->map_channels;
    run->output_columns = (int)ST_LAYER_WORD(layer, OUTPUT_COLUMNS);
    run->stride_rows = (int)ST_LAYER_WORD(layer, STRIDE_ROWS);
    run->stride_columns = (int)ST_LAYER_WORD(layer, STRIDE_COLUMNS);
    run->width = (int)ST_LAYER_WORD(layer, RUN_WIDTH);
    job->pass.mode = (st_mode)ST_FIELD(word, LAYER_MODE);
    job->pass.wide = (int)ST_FIELD(word, LAYER_WIDE);
    job->tile.row_pixels = run->width > 0 ? run->width : run->output_columns;
    job->tile.channels = (int)ST_LAYER_WORD(layer, OUTPUT_CHANNELS);
    job->tile.step = (int)ST_LAYER_WORD(layer, OUTPUT_STEP);
}

st_status st_execute(const st_layer *layer, const void *input, void *output)
{
    st_job job = {0};
    st_slices place = {0};
    const st_extent *next = layer->steps;
    st_status status;
    job.layer = layer;
    job.input = input;
    job.output = output;
    configure(&job);
    status = st_open(&job);
    for (int turn = 0; turn < ST_STEPS_LIMIT; ++turn) {
        int step;
        if (status != ST_OK || turn >= layer->step_count) {
            break;
        }
        step = *next++;
        if (step & ST_STEP_PASS) {
            status = st_wait(ST_UNIT_LOAD | ST_UNIT_WEIGHTS);
            if (status != ST_OK) {
                break;
            }
            if (step & ST_STEP_BEGIN) {
                set_tile(&job, &place);
                job.accumulators_half ^= 1;
            }
            set_pass(&job, &place);
            st_start(&job, (step & ST_STEP_BEGIN) != 0);
        }
        next = move(&place, step, next);
        if (step & ST_STEP_LOAD) {
            set_load(&job, &place);
            job.input_half ^= 1;
            st_load(&job);
        }
        if (step & ST_STEP_WEIGHTS) {
            set_weights(&job, &place, *next++);
            job.weights_half ^= 1;
            st_weights(&job);
        }
        if (step & ST_STEP_PASS) {
            status = st_wait(step & ST_STEP_STORE ? ST_UNIT_PASS | ST_UNIT_STORE : ST_UNIT_PASS);
        }
        if ((step & ST_STEP_STORE) && status == ST_OK) {
            st_store(&job);
        }
    }
    if (status == ST_OK) {
        status = st_wait(ST_UNIT_STORE);
    }
    return st_close(&job, status);
}

#endif
