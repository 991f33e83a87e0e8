#include "st_host.h"

#include <math.h>
#include <stdint.h>

/* ln 2 in two parts, the first short enough that its product with an exponent is exact. */
#define LN2_HIGH 0.693147180369123816490
#define LN2_LOW 1.90821492927058770002e-10
#define LOG2_E 1.44269504088896338700
#define TWO_OVER_ROOT_OF_PI 1.12837916709551257390

/* e^r - 1 for |r| <= ln(2) / 2 by its power series: the first term left out is below 5e-18 of the sum. */
static double exp_minus_1(double r)
{
    double sum = 0.0;
    for (int n = 13; n > 0; --n) {
        sum = ((1.0 + sum) * r) / (double)n;
    }
    return sum;
}

static double power_of_2(int exponent)
{
    double result = 1.0;
    double factor = (exponent < 0) ? 0.5 : 2.0;
    int rest = (exponent < 0) ? -exponent : exponent;
    /* Doubles have exponents of at most 11 bits. */
    for (int bit = 0; bit < 11; ++bit) {
        if (rest == 0) {
            break;
        }
        result *= ((rest % 2) != 0) ? factor : 1.0;
        factor *= factor;
        rest /= 2;
    }
    return result;
}

double st_exp(double x)
{
    double exponent;
    double r;
    int half;
    if (x != x) {
        return x;
    }
    if (x > 709.8) {
        return HUGE_VAL;
    }
    if (x < -745.2) {
        return 0.0;
    }
    exponent = st_round_half_even(x * LOG2_E);
    r = (x - (exponent * LN2_HIGH)) - (exponent * LN2_LOW);
    /* In two steps, since 2^exponent may lie beyond the range where the result does not. */
    half = (int)exponent / 2;
    return (1.0 + exp_minus_1(r)) * power_of_2(half) * power_of_2((int)exponent - half);
}

double st_tanh(double x)
{
    const double magnitude = (x < 0.0) ? -x : x;
    double grown;
    double result;
    if (magnitude > 20.0) {
        return (x < 0.0) ? -1.0 : 1.0;
    }
    grown = (magnitude < 0.17) ? exp_minus_1(2.0 * magnitude) : (st_exp(2.0 * magnitude) - 1.0);
    result = grown / (grown + 2.0);
    return (x < 0.0) ? -result : result;
}

double st_expm1(double x)
{
    return ((x > -0.34) && (x < 0.34)) ? exp_minus_1(x) : (st_exp(x) - 1.0);
}

double st_softplus(double x)
{
    const double magnitude = (x < 0.0) ? -x : x;
    const double power = st_exp(-magnitude);
    /* log(1 + power) = 2 atanh(z), z being no more than 1/3: the first term left out is below 1e-17 of the sum. */
    const double z = power / (2.0 + power);
    double sum = 0.0;
    for (int n = 33; n > 0; n -= 2) {
        sum = (sum * z * z) + (1.0 / (double)n);
    }
    return ((x > 0.0) ? x : 0.0) + (2.0 * z * sum);
}

double st_erf(double x)
{
    const double magnitude = (x < 0.0) ? -x : x;
    double result;
    if (x != x) {
        return x;
    }
    if (magnitude > 6.0) {
        result = 1.0;
    } else if (magnitude < 1.25) {
        /* 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...): terms of one sign, the smallest of 40 first. */
        const double square = 2.0 * magnitude * magnitude;
        double sum = 0.0;
        for (int n = 40; n > 0; --n) {
            sum = ((1.0 + sum) * square) / (double)((2 * n) + 1);
        }
        result = TWO_OVER_ROOT_OF_PI * st_exp(-magnitude * magnitude) * (magnitude + (magnitude * sum));
    } else {
        /* What is missing to 1 is e^(-x^2) / sqrt(pi) / (x + (1/2) / (x + (2/2) / (x + (3/2) / (x + ...)))). */
        double below = magnitude;
        for (int n = 150; n > 0; --n) {
            below = magnitude + ((0.5 * (double)n) / below);
        }
        result = 1.0 - ((0.5 * TWO_OVER_ROOT_OF_PI * st_exp(-magnitude * magnitude)) / below);
    }
    return (x < 0.0) ? -result : result;
}

double st_floor(double v)
{
    double whole;
    if (!((v > -4503599627370496.0) && (v < 4503599627370496.0))) {
        return v;
    }
    whole = (double)(int64_t)v;
    return (whole > v) ? (whole - 1.0) : whole;
}

double st_ceil(double v)
{
    return -st_floor(-v);
}

double st_trunc(double v)
{
    return (v < 0.0) ? st_ceil(v) : st_floor(v);
}

double st_round_half_even(double v)
{
    const double below = st_floor(v);
    const double fraction = v - below;
    const int is_odd = below != (2.0 * st_floor(below / 2.0));
    return ((fraction > 0.5) || ((fraction == 0.5) && (is_odd != 0))) ? (below + 1.0) : below;
}

double st_round_half_away(double v)
{
    const double magnitude = (v < 0.0) ? -v : v;
    const double below = st_floor(magnitude);
    const double rounded = ((magnitude - below) >= 0.5) ? (below + 1.0) : below;
    return (v < 0.0) ? -rounded : rounded;
}

double st_round_half_toward_zero(double v)
{
    const double magnitude = (v < 0.0) ? -v : v;
    const double below = st_floor(magnitude);
    const double rounded = ((magnitude - below) > 0.5) ? (below + 1.0) : below;
    return (v < 0.0) ? -rounded : rounded;
}

double st_clip(double v, double lowest, double highest)
{
    const double above = (v > lowest) ? v : lowest;
    return (above < highest) ? above : highest;
}

/* Whether v is nearer to multiples of high + low below number k, or halfway and k is odd. */
static int is_below(double v, double high, double low, int64_t k)
{
    const double halves = (double)k - 0.5;
    /* Exact where v is near; elsewhere far larger than what it is compared with. */
    const double beyond = v - (halves * high);
    return (beyond < (halves * low)) || ((beyond == (halves * low)) && ((k % 2) != 0));
}

int64_t st_nearest_multiple(double v, double high, double low, int64_t lowest, int64_t highest)
{
    const double number = (v == v) ? v : 0.0;
    /* Off by one at most: the quotient is rounded once, and far smaller than 2^52. */
    int64_t k = (int64_t)st_clip(number / (high + low), (double)lowest, (double)highest);
    if ((k > lowest) && (is_below(number, high, low, k) != 0)) {
        --k;
    }
    if ((k < highest) && (is_below(number, high, low, k + 1) == 0)) {
        ++k;
    }
    return k;
}

int st_count_levels(double v, const double levels[], int count)
{
    const double number = (v == v) ? v : 0.0;
    int first = 0;
    int last = count;
    /* As many halvings as leave nothing of the most that there are. */
    for (int halving = 0; halving < 16; ++halving) {
        if (first == last) {
            break;
        }
        const int middle = first + ((last - first) / 2);
        if (levels[middle] <= number) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return first;
}

/* Fixed-point numbers of 32 bits as gemmlowp has them. */

/* floor(number / 2^shift) */
static int64_t shifted(int64_t number, int shift)
{
    const int64_t divisor = (int64_t)1 << shift;
    const int64_t quotient = number / divisor;
    return ((number % divisor) < 0) ? (quotient - 1) : quotient;
}

/* left x right / 2^31, halves up. */
static int64_t product(int64_t left, int64_t right)
{
    return shifted((left * right) + ((int64_t)1 << 30), 31);
}

/* number x 2^shift, saturated. */
static int64_t multiplied(int64_t number, int shift)
{
    const int64_t result = number * ((int64_t)1 << shift);
    return (result > INT32_MAX) ? INT32_MAX : ((result < INT32_MIN) ? INT32_MIN : result);
}

/* 1 / (1 + number) by three steps of Newton's. */
static int64_t inverse_of_1_plus(int64_t number)
{
    const int64_t half = (number + INT32_MAX + 1) / 2;
    int64_t x = INT64_C(1515870810) + product(half, INT64_C(-1010580540));
    for (int step = 0; step < 3; ++step) {
        const int64_t rest = ((int64_t)1 << 29) - product(half, x);
        x += multiplied(product(x, rest), 2);
    }
    return multiplied(x, 1);
}

void st_fixed_point_softmax(double values[], uint16_t count, double scale, const int32_t exponentials[256])
{
    double most = values[0];
    int64_t sum = 0;
    int room = 0;
    int64_t inverse;
    int shift;
    for (int i = 1; i < (int)count; ++i) {
        most = (values[i] > most) ? values[i] : most;
    }
    for (int i = 0; i < (int)count; ++i) {
        const int distance = (int)st_clip(st_floor(((most - values[i]) / scale) + 0.5), 0.0, 255.0);
        values[i] = (double)exponentials[distance];
        sum += ((int64_t)exponentials[distance] + 2048) / 4096;
    }
    /* The sum's leading bit goes to where 1 is, and says how far products go back. */
    for (int bit = 0; bit < 12; ++bit) {
        room += ((sum * ((int64_t)1 << room)) < ((int64_t)1 << 31)) ? 1 : 0;
    }
    inverse = inverse_of_1_plus((sum * ((int64_t)1 << room)) - ((int64_t)1 << 31));
    shift = 35 - room;
    for (int i = 0; i < (int)count; ++i) {
        const int64_t share = shifted(product(inverse, (int64_t)values[i]) + ((int64_t)1 << (shift - 1)), shift);
        values[i] = (double)((share > 255) ? 255 : share) / 256.0;
    }
}
