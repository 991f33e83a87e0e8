/*
 * Functions of real numbers, for what a host computes in floating point behind the accelerator's codes: a network links
 * without the mathematical library.
 */
#ifndef ST_HOST_H
#define ST_HOST_H

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

#endif
