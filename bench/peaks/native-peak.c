/*
 * The machine's f32 FMA peak in native code, one thread, at the widest vectors it has: sixteen
 * independent accumulators (eight where there are only sixteen registers). Prints GFLOP/s: the
 * median over ten stretches of ten milliseconds, after as much warm-up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
#define WIDTH 64
#define ACCUMULATORS 16
#elif defined(__AVX__)
#define WIDTH 32
#define ACCUMULATORS 12
#else
#define WIDTH 16
#define ACCUMULATORS 12
#endif
#define TURNS 100000

typedef float vector __attribute__((vector_size(WIDTH)));

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* noipa: else the compiler sees that every call returns the same and makes only one. */
__attribute__((noipa)) float turns(vector a, vector b, long count) {
  vector acc[ACCUMULATORS];
  for (int i = 0; i < ACCUMULATORS; i++) acc[i] = b * (float)i;
  for (long turn = 0; turn < count; turn++) {
#pragma GCC unroll 16
    for (int i = 0; i < ACCUMULATORS; i++) acc[i] = acc[i] * a + b;
  }
  vector sum = acc[0];
  for (int i = 1; i < ACCUMULATORS; i++) sum += acc[i];
  return sum[0];
}

static volatile float sink;

static double stretch(double seconds, vector a, vector b) {
  double start = now(), elapsed = 0, done = 0;
  while (elapsed < seconds) {
    sink = turns(a, b, TURNS);
    done += (double)TURNS * ACCUMULATORS * (WIDTH / 4) * 2;
    elapsed = now() - start;
  }
  return done / elapsed / 1e9;
}

static int ascending(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

int main(void) {
  vector a = {0}, b = {0};
  a += 0.999f;
  b += 0.001f;
  double rates[10];
  stretch(0.1, a, b);
  for (int i = 0; i < 10; i++) rates[i] = stretch(0.01, a, b);
  qsort(rates, 10, sizeof(double), ascending);
  printf("%.3f\n", rates[5]);
  return 0;
}
