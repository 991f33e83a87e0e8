/* Directives for high-level synthesis. Vitis HLS wants them inside the loop, Catapult before it; a C compiler gets none.
 *   ST_LOOP_UNROLL for (...) { ST_BODY_UNROLL ... }
 *   ST_LOOP_PIPELINE for (...) { ST_BODY_PIPELINE ... } */
#ifndef ST_PRAGMAS_H
#define ST_PRAGMAS_H

#define ST_PRAGMA_(text) _Pragma(#text)
#define ST_PRAGMA(text) ST_PRAGMA_(text)

#if defined(QCC_HLS_VITIS)
#define ST_LOOP_UNROLL
#define ST_BODY_UNROLL ST_PRAGMA(HLS UNROLL)
#define ST_LOOP_PIPELINE
#define ST_BODY_PIPELINE ST_PRAGMA(HLS PIPELINE II=1)
#define ST_INLINE_FUNCTION ST_PRAGMA(HLS INLINE)
/* Every element of dimension `dimension` (counted from one) of `array` in a memory of its own. */
#define ST_PARTITION(array, dimension) ST_PRAGMA(HLS ARRAY_PARTITION variable=array complete dim=dimension)
/* Turns that follow one another never mean the same element of `array`. */
#define ST_INDEPENDENT(array) ST_PRAGMA(HLS DEPENDENCE variable=array type=inter dependent=false)
#elif defined(QCC_HLS_CATAPULT)
#define ST_LOOP_UNROLL ST_PRAGMA(hls_unroll yes)
#define ST_BODY_UNROLL
#define ST_LOOP_PIPELINE ST_PRAGMA(hls_pipeline_init_interval 1)
#define ST_BODY_PIPELINE
#define ST_INLINE_FUNCTION
/* Catapult lays memories out, and is told of dependences, by its directives file. */
#define ST_PARTITION(array, dimension)
#define ST_INDEPENDENT(array)
#else
#define ST_LOOP_UNROLL
#define ST_BODY_UNROLL
#define ST_LOOP_PIPELINE
#define ST_BODY_PIPELINE
#define ST_INLINE_FUNCTION
#define ST_PARTITION(array, dimension)
#define ST_INDEPENDENT(array)
#endif

#if defined(QCC_HLS_VITIS) || defined(QCC_HLS_CATAPULT)
#define ST_HLS 1
#else
#define ST_HLS 0
#endif

/* Compilers make one copy of an engine's loops per multiplier mode. */
#if defined(__GNUC__)
#define ST_SPECIALIZE __attribute__((always_inline)) inline
#else
#define ST_SPECIALIZE inline
#endif

#endif
