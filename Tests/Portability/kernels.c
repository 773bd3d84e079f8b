// Compares every kernel set of this architecture with the plain one, for CPUs that the Swift tests
// do not run on (Scripts/portability builds and runs it in an emulator).
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { LIMIT = 4096 };

static float a[LIMIT], b[LIMIT], c[LIMIT], left[LIMIT], right[LIMIT];
static int failures = 0;

static void fill(void) {
  srand(1);
  for (int i = 0; i < LIMIT; i++) {
    a[i] = (float)rand() / (float)RAND_MAX * 8 - 4;
    b[i] = (float)rand() / (float)RAND_MAX + 1;
    c[i] = (float)rand() / (float)RAND_MAX - 0.5f;
  }
}

static void compare(const char *name, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float error = fabsf(left[i] - right[i]);
    if (left[i] == right[i] || error <= 2e-5f * (1 + fabsf(right[i]))) continue;
    printf("%s[%td] of %td: %g, plain %g\n", name, i, n, (double)left[i], (double)right[i]);
    failures++;
    return;
  }
}

#define BOTH(NAME, N, ...)                 \
  do {                                     \
    float *out = left;                     \
    memset(left, 0, sizeof left);          \
    memset(right, 0, sizeof right);        \
    const ck_kernels *k = set;             \
    { __VA_ARGS__; }                       \
    k = plain, out = right;                \
    { __VA_ARGS__; }                       \
    compare(NAME, N);                      \
  } while (0)

static void check_rows(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  BOTH("add", n, k->add(a, b, out, n));
  BOTH("subtract", n, k->subtract(a, b, out, n));
  BOTH("multiply", n, k->multiply(a, b, out, n));
  BOTH("divide", n, k->divide(a, b, out, n));
  BOTH("scaled_add", n, k->scaled_add(a, 2, b, -1, out, n));
  BOTH("affine", n, k->affine(a, 2, -1, out, n));
  BOTH("exponential", n, k->exponential(a, out, n));
  for (int activation = 0; activation < 5; activation++) {
    BOTH("activate", n, k->activate(activation, a, out, n));
    BOTH("activate_gradient", n, k->activate_gradient(activation, a, b, out, n));
    BOTH("channel_affine", 2 * n, k->channel_affine(a, out, 2, n, b, c, activation));
    BOTH("epilogue", 2 * n, memcpy(out, a, 8 * (size_t)n);
         k->epilogue(out, n, 2, n, b, activation, c, n));
  }
  BOTH("geglu", n, k->geglu(a, out, 1, n));
  BOTH("sum", 1, out[0] = (float)k->sum(a, n));
  BOTH("squared_deviation", 1, out[0] = (float)k->squared_deviation(a, 0.5f, n));
  BOTH("dot", 1, out[0] = (float)k->dot(a, b, n));
  BOTH("layer_norm", 2 * n, k->layer_norm(a, out, 2, n, b, c, 1e-1f));
  BOTH("softmax", 2 * n, k->softmax(a, out, 2, n));
  BOTH("scale_rows", 2 * n, memcpy(out, a, 8 * (size_t)n); k->scale_rows(out, n, 2, n, b));
  BOTH("matrix_vector", 2, k->matrix_vector(a, n, 2, n, b, c, out));
  BOTH("bfloat", n, k->float_to_bfloat(a, (uint16_t *)(out + n), n);
       k->bfloat_to_float((uint16_t *)(out + n), out, n));
  BOTH("half", n, k->float_to_half(a, (uint16_t *)(out + n), n);
       k->half_to_float((uint16_t *)(out + n), out, n));
}

static void check_optimizer(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  const ck_adamw numbers = {0.5f, 0.99f, 0.1f, 0.95f, 0.05f, 0.3f, 1e-4f, -0.01f};
  BOTH("adamw", 3 * n, memcpy(out, a, 4 * (size_t)n); memcpy(out + n, c, 4 * (size_t)n);
       memcpy(out + 2 * n, b, 4 * (size_t)n);
       k->adamw(out, c + n, out + n, out + 2 * n, &numbers, n));
  BOTH("approach", n, memcpy(out, a, 4 * (size_t)n); k->approach(out, b, 0.3f, n));
  BOTH("sum_of_squares", 1, out[0] = (float)k->sum_of_squares(a, n));
}

static void check_online(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  BOTH("softmax_step", 2 * n + 6, float *state = out + 2 * n; memcpy(out, a, 8 * (size_t)n);
       state[0] = state[1] = -INFINITY;
       k->softmax_step(out, n, 2, n, 0.7f, n - 1, state, state + 2, state + 4));
  double mean[2][2], deviation[2][2];
  float scratch[LIMIT];
  set->group_moments(a, 3, 2 * n, 2, mean[0], deviation[0], scratch);
  plain->group_moments(a, 3, 2 * n, 2, mean[1], deviation[1], scratch);
  for (int group = 0; group < 2; group++) {
    left[group] = (float)mean[0][group], right[group] = (float)mean[1][group];
    left[2 + group] = (float)deviation[0][group], right[2 + group] = (float)deviation[1][group];
  }
  compare("group_moments", 4);
}

// What gradients need; the arrays behind b's hold positive values.
static void check_gradients(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  for (int operation = 0; operation <= CK_POINTWISE_CLAMP; operation++) {
    BOTH("pointwise", n, k->pointwise(operation, -0.5f, 1.5f, b, out, n));
    BOTH("pointwise_gradient", n, k->pointwise_gradient(operation, -0.5f, 1.5f, b, c, out, n));
  }
  BOTH("maximum", n, k->maximum(a, b, out, n));
  BOTH("minimum", n, k->minimum(a, b, out, n));
  BOTH("larger_share", n, k->larger_share(a, b, out, n));
  BOTH("column_sums", n, k->column_sums(a, n, 3, n, out));
  BOTH("layer_norm_gradient", 4 * n,
       k->layer_norm_gradient(a, c, out, 2, n, b, 1e-1f, out + 2 * n, out + 3 * n));
  for (int activation = 0; activation < 5; activation++)
    BOTH("group_norm_flow", 4 * n,
         k->group_norm_flow(a, c, out, 2, n, b, c, c + 1, activation, out + 2 * n));
  BOTH("group_norm_input", 2 * n, k->group_norm_input(a, c, out, 2, n, b, c, c + 1, c + 2));
  BOTH("geglu_gradient", 4 * n, k->geglu_gradient(a, c, out, 2, n));
  BOTH("row_dots", 2, k->row_dots(a, c, 2, n, out));
  BOTH("softmax_gradient", 2 * n, k->softmax_gradient(b, c, out, 2, n));
  BOTH("log_softmax", 2 * n, k->log_softmax(a, out, 2, n));
  BOTH("log_softmax_gradient", 2 * n, k->log_softmax_gradient(c, b, out, 2, n));
  BOTH("attention_flow", 4 * n, memcpy(out, c, 16 * (size_t)n);
       k->attention_flow(out, out + 2 * n, n, 2, n, 0.7f, n - 1, b, c));
  BOTH("pool_line", 2 * n, k->pool_line(a, 4 * n, 2, n, 2, 0.5f, out));
  BOTH("spread_line", 4 * n, k->spread_line(a, 2, n, 2, 0.5f, out));
  BOTH("unpatch_line", 4 * n, k->unpatch_line(a, 4, n, 1, 3, 1, 0, 1, 1, 4, 0, out));
}

int main(void) {
  fill();
  const ck_kernels *plain = ck_table(CK_SET_PLAIN);
  int sets = 0;
  for (int set = CK_SET_NEON; set <= CK_SET_AVX512; set++) {
    const ck_kernels *table = ck_table((ck_set)set);
    if (!table || !plain) continue;
    sets++;
    for (ptrdiff_t n = 1; n < 300; n++) {
      check_rows(table, plain, n);
      check_online(table, plain, n);
      check_gradients(table, plain, n);
      check_optimizer(table, plain, n);
    }
  }
  printf("%d sets beside the plain one, %d failures\n", sets, failures);
  return failures > 0 || sets == 0;
}
