/* The driver of the engines in C: every command is done when it returns. */
#include "st_accelerator.h"
#include "st_arithmetic.h"

#if ST_USES_ENGINES && ST_DRIVER == ST_DRIVER_SOFTWARE

st_status st_open(const st_job *job)
{
    (void)job;
    return ST_OK;
}

st_status st_close(const st_job *job, st_status status)
{
    (void)job;
    return status;
}

static inline uint32_t configuration(const st_job *job)
{
    return ST_LAYER_WORD(job->layer, LAYER);
}

/* FUNCTION8 to FUNCTION64 by the width of the input's codes. */
#if ST_USES_CODES_8
#define ST_LOAD_8(function, first, ...) \
    case 0: \
        function##8((const int8_t *)job->input + (first), __VA_ARGS__); \
        break;
#else
#define ST_LOAD_8(function, first, ...)
#endif
#if ST_USES_CODES_16
#define ST_LOAD_16(function, first, ...) \
    case 1: \
        function##16((const int16_t *)job->input + (first), __VA_ARGS__); \
        break;
#else
#define ST_LOAD_16(function, first, ...)
#endif
#if ST_USES_CODES_32
#define ST_LOAD_32(function, first, ...) \
    case 2: \
        function##32((const int32_t *)job->input + (first), __VA_ARGS__); \
        break;
#else
#define ST_LOAD_32(function, first, ...)
#endif
#if ST_USES_CODES_64
#define ST_LOAD_64(function, first, ...) \
    case 3: \
        function##64((const int64_t *)job->input + (first), __VA_ARGS__); \
        break;
#else
#define ST_LOAD_64(function, first, ...)
#endif
#define ST_LOAD(function, first, ...) \
    switch (ST_FIELD(configuration(job), LAYER_INPUT_SIZE)) { \
        ST_LOAD_8(function, first, __VA_ARGS__) \
        ST_LOAD_16(function, first, __VA_ARGS__) \
        ST_LOAD_32(function, first, __VA_ARGS__) \
        ST_LOAD_64(function, first, __VA_ARGS__) \
    default: \
        break; \
    }

void st_load(const st_job *job)
{
    const st_mode mode = job->pass.mode;
    switch (ST_FIELD(configuration(job), LAYER_ENGINE)) {
#if ST_USES_CONV2D
    case ST_LAYER_ENGINE_CONV2D:
        if (job->run.width > 0) {
            ST_LOAD(st_conv2d_load_run, 0, &job->run, mode)
        } else {
            ST_LOAD(st_conv2d_load, 0, &job->window, mode)
        }
        break;
#endif
#if ST_USES_DWCONV
    case ST_LAYER_ENGINE_DWCONV:
        if (job->run.width > 0) {
            ST_LOAD(st_dwconv_load_run, 0, &job->run)
        } else {
            ST_LOAD(st_dwconv_load, 0, &job->window)
        }
        break;
#endif
#if ST_USES_FC
    case ST_LAYER_ENGINE_FC:
        ST_LOAD(st_fc_load, job->window.first_channel, job->window.channels, job->window.limb, mode)
        break;
#endif
    default:
        break;
    }
    (void)mode;
}

void st_weights(const st_job *job)
{
    const uint32_t word = configuration(job);
    const int bits = (int)ST_FIELD(word, LAYER_FIELD_BITS);
    const st_mode mode = job->pass.mode;
    switch (ST_FIELD(word, LAYER_ENGINE)) {
#if ST_USES_CONV2D
    case ST_LAYER_ENGINE_CONV2D:
        st_conv2d_weights(
            job->weights, job->kernel_rows, job->kernel_columns, job->pass.channels, job->outputs, bits, mode);
        break;
#endif
#if ST_USES_DWCONV
    case ST_LAYER_ENGINE_DWCONV:
        st_dwconv_weights(job->weights, job->kernel_rows * job->kernel_columns, job->outputs, bits, mode);
        break;
#endif
#if ST_USES_FC
    case ST_LAYER_ENGINE_FC:
        st_fc_weights(job->weights, job->pass.channels, job->outputs, bits, mode);
        break;
#endif
    default:
        break;
    }
}

void st_start(const st_job *job, int begins)
{
    const st_pass *const pass = &job->pass;
    const st_tile *const tile = &job->tile;
    const st_accumulator *const initial = job->layer->initial ? job->layer->initial + tile->first_output : 0;
    switch (ST_FIELD(configuration(job), LAYER_ENGINE)) {
#if ST_USES_CONV2D
    case ST_LAYER_ENGINE_CONV2D:
        if (begins) {
            st_conv2d_begin(tile->rows, tile->columns, initial, tile->outputs);
        }
        st_conv2d_run(pass);
        break;
#endif
#if ST_USES_DWCONV
    case ST_LAYER_ENGINE_DWCONV:
        if (begins) {
            st_dwconv_begin(tile->rows, tile->columns, initial, tile->step, tile->outputs);
        }
        st_dwconv_run(pass);
        break;
#endif
#if ST_USES_FC
    case ST_LAYER_ENGINE_FC: {
        const int lanes = st_lanes(pass->mode);
        if (begins) {
            st_fc_begin(initial, tile->outputs);
        }
        st_fc_run((pass->channels + lanes - 1) / lanes, pass->mode, pass->wide, pass->shift);
        break;
    }
#endif
    default:
        break;
    }
}

void st_store(const st_job *job)
{
    const st_layer *const layer = job->layer;
    const uint32_t word = configuration(job);
    const uint32_t kinds = ST_LAYER_WORD(layer, PARAMETERS);
    st_requantization requantization;
    requantization.form = (st_form)ST_FIELD(word, LAYER_FORM);
    requantization.parameters = layer->parameters;
    requantization.kinds = kinds;
    requantization.steps = (int)ST_FIELD(kinds, PARAMETERS_STEPS);
    requantization.lowest =
        st_signed64((uint64_t)ST_LAYER_WORD(layer, LOWEST_HIGH) << 32 | ST_LAYER_WORD(layer, LOWEST_LOW));
    requantization.highest =
        st_signed64((uint64_t)ST_LAYER_WORD(layer, HIGHEST_HIGH) << 32 | ST_LAYER_WORD(layer, HIGHEST_LOW));
    requantization.bytes = 1 << ST_FIELD(word, LAYER_OUTPUT_SIZE);
    switch (ST_FIELD(word, LAYER_ENGINE)) {
#if ST_USES_CONV2D
    case ST_LAYER_ENGINE_CONV2D:
        st_conv2d_store(&requantization, &job->tile, job->output);
        break;
#endif
#if ST_USES_DWCONV
    case ST_LAYER_ENGINE_DWCONV:
        st_dwconv_store(&requantization, &job->tile, job->output);
        break;
#endif
#if ST_USES_FC
    case ST_LAYER_ENGINE_FC:
        st_fc_store(&requantization, &job->tile, job->output);
        break;
#endif
    default:
        break;
    }
}

#endif
