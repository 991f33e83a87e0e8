/* Where constants and feature maps lie, and how they are aligned. A machine may ask for it: a DMA reads and writes whole beats, a
 * cache is cleaned line by line, a memory of its own is a section. Nothing is said of it unless a project defines, on the
 * command line or in a header that ST_PLACEMENT_HEADER names,
 *   ST_ALIGNMENT           a power of two, in bytes
 *   ST_MAPS_SECTION        what stands before the definition of feature maps
 *   ST_CONSTANTS_SECTION   what stands before that of weights, other constants and descriptors
 * for instance -DST_ALIGNMENT=32 '-DST_MAPS_SECTION=__attribute__((section(".maps")))'. */
#ifndef ST_PLACEMENT_H
#define ST_PLACEMENT_H

#ifdef ST_PLACEMENT_HEADER
#include ST_PLACEMENT_HEADER
#endif

#ifndef ST_MAPS_SECTION
#define ST_MAPS_SECTION
#endif

#ifndef ST_CONSTANTS_SECTION
#define ST_CONSTANTS_SECTION
#endif

/* Before the definition of what is aligned. */
#ifndef ST_ALIGNED
#if !defined(ST_ALIGNMENT)
#define ST_ALIGNED
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define ST_ALIGNED alignas(ST_ALIGNMENT)
#elif defined(__GNUC__)
#define ST_ALIGNED __attribute__((aligned(ST_ALIGNMENT)))
#else
#define ST_ALIGNED _Alignas(ST_ALIGNMENT)
#endif
#endif

#endif
