#pragma once
// The names of HDF5 1.10 also under newer libraries.
#define H5_USE_110_API 1
#include <hdf5/serial/hdf5.h>
