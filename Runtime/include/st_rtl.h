/* A simulated accelerator behind the registers: Verilated RTL, or a simulator in another process.
 *
 * The co-simulation brings the first three functions, which the driver calls; while the core's clock goes on, in `st_rtl_step`, it
 * serves the core's memory port with the last two. Addresses are those that the registers hold. */
#ifndef ST_RTL_H
#define ST_RTL_H

#include <stdint.h>

#include "st_names.h"

#ifdef __cplusplus
extern "C" {
#endif

void st_rtl_write_register(uint32_t offset, uint32_t value);
uint32_t st_rtl_read_register(uint32_t offset);
/* One period of the clock. */
void st_rtl_step(void);

/* `bytes` bytes, 1 to 8, in the lowest bits first. A bus that reads more than it asks for has to know that it is there. */
uint64_t st_rtl_read_memory(uint64_t address, int bytes);
void st_rtl_write_memory(uint64_t address, uint64_t value, int bytes);

#ifdef __cplusplus
}
#endif

#endif
