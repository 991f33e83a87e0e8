#pragma once
#include "CHDF5Shims.h"
#include "api.h"

// The bytes of the requested file, where they lie: the file is mapped, not read. NULL where that fails.
const void *chdf5_map_image(const chdf5_request *request);
// Opens the library's file on those bytes, without a file of the system. Negative where the library refuses it.
hid_t chdf5_open_image(const void *bytes, uint64_t size);
