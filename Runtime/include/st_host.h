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

/* e^x - 1, log(1 + e^x) and the error function, within a few units in the last place of 1 or of x, whichever is larger. */
double st_expm1(double x);
double st_softplus(double x);
double st_erf(double x);

/* Whole numbers beside v. What is too large to have a fraction is left as it is. */
double st_floor(double v);
double st_ceil(double v);
double st_trunc(double v);
double st_round_half_even(double v);
double st_round_half_away(double v);
double st_round_half_toward_zero(double v);

/* The nearest of the numbers from lowest to highest; lowest where v is not a number. */
double st_clip(double v, double lowest, double highest);

/* v / (high + low) rounded to the nearest integer from lowest to highest, halves to the even one; as 0 where v is not a number.
 * Exactly so where high + low and, for all of these integers k, (k - 1/2) high and (k - 1/2) low are doubles, low far the smaller. */
int64_t st_nearest_multiple(double v, double high, double low, int64_t lowest, int64_t highest);

/* How many of `count` ascending numbers, 65,535 at most, are not above v; as of 0 where v is not a number. */
int st_count_levels(double v, const double levels[], int count);

/* The softmax of values of codes of 8 bits, all of one scale, in integers: multiples of 1/256. `exponentials` has e^x x 2^31 of how far a
 * code lies below the largest one, by that distance. */
void st_fixed_point_softmax(double values[], uint16_t count, double scale, const int32_t exponentials[256]);

#endif
