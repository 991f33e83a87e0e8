/* How a program reaches the registers, caches and interrupts of its machine. What is not said here is what a processor without
 * caches, on whose bus addresses are pointers, needs; a project says otherwise on the command line or in a header that
 * ST_PORT_HEADER names. */
#ifndef ST_PORT_H
#define ST_PORT_H

#include <stdint.h>

#ifdef ST_PORT_HEADER
#include ST_PORT_HEADER
#endif

/* A register at an offset from the first one. */
#ifndef ST_READ_REGISTER
#ifndef ST_BASE_ADDRESS
#error "where are the accelerator's registers? -DST_BASE_ADDRESS=0x... or a header with ST_READ_REGISTER and ST_WRITE_REGISTER"
#endif
#define ST_REGISTER_AT(offset) (*(volatile uint32_t *)((uintptr_t)(ST_BASE_ADDRESS) + (offset)))
#define ST_READ_REGISTER(offset) ST_REGISTER_AT(offset)
#define ST_WRITE_REGISTER(offset, value) (ST_REGISTER_AT(offset) = (value))
#endif

/* The address under which the accelerator finds what `pointer` points to. */
#ifndef ST_BUS_ADDRESS
#define ST_BUS_ADDRESS(pointer) ((uint64_t)(uintptr_t)(pointer))
#endif

/* Of which the registers ending in _HIGH have what is above 32. */
#ifndef ST_BUS_BITS
#if UINTPTR_MAX > 0xffffffffu
#define ST_BUS_BITS 64
#else
#define ST_BUS_BITS 32
#endif
#endif

/* Writes what a cache holds of these bytes to memory, before the accelerator reads them; drops it, before the processor reads what
 * the accelerator wrote. A line that holds other things too is not dropped without being written: align feature maps to
 * lines (st_placement.h). */
#ifndef ST_CLEAN_CACHE
#define ST_CLEAN_CACHE(pointer, bytes) ((void)(pointer), (void)(bytes))
#endif
#ifndef ST_INVALIDATE_CACHE
#define ST_INVALIDATE_CACHE(pointer, bytes) ((void)(pointer), (void)(bytes))
#endif

/* Between writes to memory and the command that makes the accelerator read it. */
#ifndef ST_MEMORY_BARRIER
#if defined(__GNUC__)
#define ST_MEMORY_BARRIER() __sync_synchronize()
#else
#define ST_MEMORY_BARRIER()
#endif
#endif

/* 1: units interrupt when they have done what `st_wait` waits for; the program's handler calls `st_acknowledge`. ST_IDLE is what is
 * done meanwhile: the processor's instruction that waits for an interrupt, say, in a form that ends where it came before. */
#ifndef ST_INTERRUPTS
#define ST_INTERRUPTS 0
#endif
#ifndef ST_IDLE
#define ST_IDLE()
#endif

/* How often the accelerator is asked before it is given up: ST_TIMEOUT. */
#ifndef ST_POLLS
#define ST_POLLS 10000000
#endif

#if ST_INTERRUPTS
#include "st_names.h"
/* For the handler: takes back the interrupts. */
void st_acknowledge(void);
#endif

#endif
