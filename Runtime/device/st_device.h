/* A model of the accelerator behind its registers: what the bench runs a driver of registers against where there is no device. As
 * an ST_PORT_HEADER it makes accesses of registers calls of the model. */
#ifndef ST_DEVICE_H
#define ST_DEVICE_H

#include <stdint.h>

uint32_t st_device_read(uint32_t offset);
void st_device_write(uint32_t offset, uint32_t value);
/* Time goes on: a unit that was told something ends it, now or later. */
void st_device_step(void);
/* Steps until the line of interrupts is high, and calls the handler. */
void st_device_interrupt(void);

#ifndef ST_READ_REGISTER
#define ST_READ_REGISTER(offset) st_device_read(offset)
#define ST_WRITE_REGISTER(offset, value) st_device_write(offset, value)
#if defined(ST_INTERRUPTS) && ST_INTERRUPTS
#define ST_IDLE() st_device_interrupt()
#else
#define ST_IDLE() st_device_step()
#endif
#endif

#endif
