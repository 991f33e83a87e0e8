/*
 * Functions of real numbers, for what a host computes in floating point before and behind the accelerator's codes: a network
 * links without the mathematical library.
 */
#ifndef ST_HOST_H
#define ST_HOST_H

#include <stdint.h>

#include "st_names.h"

/* e^x and tanh(x), within a few units in the last place of a double. */
double st_exp(double x);
double st_tanh(double x);

/* Whole numbers beside v. What is too large to have a fraction is left as it is. */
double st_floor(double v);
double st_ceil(double v);
double st_trunc(double v);
double st_round_half_even(double v);
double st_round_half_away(double v);
double st_round_half_toward_zero(double v);

/* The nearest of the numbers from lowest to highest; lowest where v is not a number. */
double st_clip(double v, double lowest, double highest);

/* v / step rounded to the nearest integer from lowest to highest, halves to the even one; as 0 where v is not a number. Exactly so
 * where every number halfway between two of these multiples of `step` is a double. */
int64_t st_nearest_multiple(double v, double step, int64_t lowest, int64_t highest);

/* How many of `count` ascending numbers are not above v; as of 0 where v is not a number. */
int st_count_levels(double v, const double levels[], int count);

#endif
