/* The accelerator as a network sees it: layers as constants, and the functions that a driver has.
 *
 * `st_execute` goes through a layer's steps (st_sequencer.c) and tells the driver what each says. What is told while a pass
 * runs does not depend on it: an accelerator with two halves of its memories loads into one while it multiplies what the other
 * holds, and stores one half of its accumulators while it fills the other.
 *
 * ST_DRIVER says who the driver is. */
#ifndef ST_ACCELERATOR_H
#define ST_ACCELERATOR_H

#include <stdint.h>

#include "st_engine.h"
#include "st_registers.h"
#include "st_status.h"

/* The engines of this runtime, in C: st_driver_software.c. */
#define ST_DRIVER_SOFTWARE 0
/* An accelerator behind registers (st_registers.h, st_port.h), or a simulated one (st_rtl.h): st_driver_registers.c. */
#define ST_DRIVER_MEMORY_MAPPED 1
#define ST_DRIVER_RTL 2
/* The program's own functions. */
#define ST_DRIVER_OWN 3

#ifndef ST_DRIVER
#define ST_DRIVER ST_DRIVER_SOFTWARE
#endif

/* A layer. Nothing of it changes. */
typedef struct {
    /* Its configuration, as the registers from ST_REGISTER_LAYER on have it; `initial`, null for zeros, and `parameters` belong to
     * that. */
    uint32_t words[ST_LAYER_WORDS];
    const st_accumulator *initial;
    const void *parameters[ST_PARAMETERS];
    /* Blocks of weights, and where each begins. */
    const uint16_t *weights;
    const uint32_t *blocks;
    /* The slices of the axes, first and count of each. Of output rows, or of runs of output pixels; of output columns; of output
     * and of input channels. */
    const st_extent *rows, *columns, *outputs, *inputs;
    /* Where the input of each slice of rows lies for each part of the kernel, the numbers of an st_axis; likewise of columns. */
    const st_extent *row_windows, *column_windows;
    /* Taps of each part of the kernel. */
    const st_extent *kernel_rows, *kernel_columns;
    /* One after another: what is done (ST_STEP_…), and then the numbers of the slices, and of the block of weights, that it names. */
    const st_extent *steps;
    int32_t step_count, row_parts, column_parts;
} st_layer;

/* A word of a layer's, and a field of a word. */
#define ST_LAYER_WORD(layer, name) ((layer)->words[(ST_REGISTER_##name - ST_REGISTER_LAYER) / 4])
#define ST_FIELD(word, name) (((word) >> ST_##name##_SHIFT) & ST_##name##_MASK)

/* What a step does, in this order: it starts a pass over what was loaded, into fresh accumulators where it begins a tile; goes on
 * to other slices; loads what the next pass needs; and, when the pass has ended, stores a tile. */
enum {
    ST_STEP_PASS = 0x1,
    ST_STEP_BEGIN = 0x2,
    ST_STEP_LOAD = 0x4,
    ST_STEP_WEIGHTS = 0x8,
    ST_STEP_STORE = 0x10,
    /* Axes of which another slice follows. */
    ST_STEP_ROWS = 0x20,
    ST_STEP_COLUMNS = 0x40,
    ST_STEP_OUTPUTS = 0x80,
    ST_STEP_INPUTS = 0x100,
    ST_STEP_KERNEL_ROWS = 0x200,
    ST_STEP_KERNEL_COLUMNS = 0x400,
    ST_STEP_INPUT_LIMB = 0x800,
    ST_STEP_WEIGHT_LIMB = 0x1000
};

/* The most steps that a layer has. */
#define ST_STEPS_LIMIT (1 << 22)

/* A layer's run. */
typedef struct {
    const st_layer *layer;
    const void *input;
    void *output;
    /* What `st_load` brings: a window, or a run where the layer has runs. */
    st_window window;
    st_run run;
    /* What `st_weights` brings: the words, their taps, the outputs of each. */
    const uint16_t *weights;
    int kernel_rows, kernel_columns, outputs;
    /* What `st_start` does. */
    st_pass pass;
    /* The accumulators' pixels and channels: those that a pass fills, which `st_store` stores. */
    st_tile tile;
    /* Which half of a memory each command means: a load goes to the half that no pass reads, a pass reads what was loaded last. */
    int input_half, weights_half, accumulators_half;
} st_job;

/* Runs a layer. The codes of `output` are whole where it returns ST_OK. */
st_status st_execute(const st_layer *layer, const void *input, void *output);

/* What a driver has. Each of the commands may return before it is done; `st_wait` says when it is. */

/* Units of an accelerator. */
enum { ST_UNIT_LOAD = 1, ST_UNIT_WEIGHTS = 2, ST_UNIT_PASS = 4, ST_UNIT_STORE = 8 };

/* Configures an engine for the layer of `job`. */
st_status st_open(const st_job *job);
/* Brings the window, or run, into the input memory. */
void st_load(const st_job *job);
/* Brings the block of weights into the weight memory. */
void st_weights(const st_job *job);
/* Multiplies and accumulates what the memories hold; `begins`: into initial accumulators. */
void st_start(const st_job *job, int begins);
/* Requantizes the tile's accumulators and writes their codes. */
void st_store(const st_job *job);
/* The layer's last command was given and waited for, or something failed: `status`. Returns it, or what else failed. */
st_status st_close(const st_job *job, st_status status);

/* Waits until `units` have done what they were told. */
#if ST_DRIVER == ST_DRIVER_SOFTWARE
static inline st_status st_wait(int units)
{
    (void)units;
    return ST_OK;
}
#else
st_status st_wait(int units);
#endif

#endif
