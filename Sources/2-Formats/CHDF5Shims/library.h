#pragma once
#include <pthread.h>

// Held while libhdf5 runs in this process: it takes one thread at a time, and a child that is made in the meantime would find it
// in the middle of something.
extern pthread_mutex_t chdf5_library;
