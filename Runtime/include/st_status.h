/* How a run ended. */
#ifndef ST_STATUS_H
#define ST_STATUS_H

typedef enum {
    ST_OK,
    /* A unit of the accelerator did not end what it was told. */
    ST_TIMEOUT,
    /* It was told what it cannot do, or a transfer failed. */
    ST_DEVICE_ERROR,
    /* It has other sizes or other registers than those that the network was compiled for. */
    ST_WRONG_DEVICE
} st_status;

#endif
