/// Integer kernels of the value simulator, and their float64 counterpart for the float reference; float32
/// ones for calibration.
///
/// `qcc_reference.h` shares the geometry structs with the rest and nothing else: the two sides of a comparison
/// have no arithmetic in common.
#ifndef QCC_CVALUEKERNELS_H
#define QCC_CVALUEKERNELS_H

#include "qcc_conv.h"
#include "qcc_elementwise.h"
#include "qcc_float.h"
#include "qcc_geometry.h"
#include "qcc_gradients.h"
#include "qcc_heap.h"
#include "qcc_isa.h"
#include "qcc_pool.h"
#include "qcc_reference.h"
#include "qcc_requantize.h"

#endif
