// Compares every kernel set of this architecture with the plain one, for CPUs that the Swift tests
// do not run on (Scripts/portability builds it and runs it in emulators, and fails where a kernel
// of the table is missing here).
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { LIMIT = 1 << 15, BEYOND = 64 };

// a in -4 ... 4, b in 1 ... 2, c in -0.5 ... 0.5, d in 0.05 ... 0.95
static float a[LIMIT], b[LIMIT], c[LIMIT], d[LIMIT], left[LIMIT], right[LIMIT];
static float panel[LIMIT], more[LIMIT], sums[LIMIT];
static int8_t bytes[LIMIT];
static int failures = 0, comparisons = 0;
// FNV-1a over all that the plain set made: equal wherever it was compiled from one binary.
static uint64_t digest = 0xcbf29ce484222325;

static float uniform(void) { return (float)rand() / (float)RAND_MAX; }

static void fill(void) {
  srand(1);
  for (int i = 0; i < LIMIT; i++) {
    a[i] = uniform() * 8 - 4, b[i] = uniform() + 1;
    c[i] = uniform() - 0.5f, d[i] = uniform() * 0.9f + 0.05f;
  }
}

// The first n values nearly agree; behind them both sets wrote the same, most often nothing.
static void compare(const char *name, ptrdiff_t n) {
  comparisons++;
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, right + i, sizeof bits);
    digest = (digest ^ bits) * 0x100000001b3;
  }
  for (ptrdiff_t i = 0; i < n + BEYOND; i++) {
    float error = fabsf(left[i] - right[i]);
    if (memcmp(left + i, right + i, sizeof *left) == 0) continue;
    if (i < n && error <= 2e-5f * (1 + fabsf(right[i]))) continue;
    printf("%s[%td] of %td: %g, plain %g\n", name, i, n, (double)left[i], (double)right[i]);
    failures++;
    return;
  }
}

// One kernel: how many values of `out` it makes, and a call of it by `k`.
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
#define COPY(N) memcpy(out, a, sizeof *out * (size_t)(N))

static void check_rows(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  BOTH("add", n, k->add(a, b, out, n));
  BOTH("subtract", n, k->subtract(a, b, out, n));
  BOTH("multiply", n, k->multiply(a, b, out, n));
  BOTH("divide", n, k->divide(a, b, out, n));
  BOTH("scaled_add", n, k->scaled_add(a, 2, b, -1, out, n));
  BOTH("affine", n, k->affine(a, 2, -1, out, n));
  BOTH("exponential", n, k->exponential(a, out, n));
  for (int activation = 0; activation < 4; activation++) {
    BOTH("activate", n, k->activate(activation, a, out, n));
    BOTH("activate_gradient", n, k->activate_gradient(activation, a, b, out, n));
    BOTH("channel_affine", 2 * n, k->channel_affine(a, out, 2, n, b, c, activation));
    BOTH("epilogue", 2 * n, COPY(2 * n); k->epilogue(out, n, 2, n, b, activation, c, n));
    BOTH("group_norm_flow", 5 * n,
         k->group_norm_flow(a, b, out, 3, n, d, c, d, activation, out + 3 * n));
  }
  BOTH("geglu", n, k->geglu(a, out, 1, n));
  BOTH("sum", 1, out[0] = (float)k->sum(a, n));
  BOTH("squared_deviation", 1, out[0] = (float)k->squared_deviation(a, 0.5f, n));
  BOTH("dot", 1, out[0] = (float)k->dot(a, b, n));
  BOTH("layer_norm", 2 * n, k->layer_norm(a, out, 2, n, b, c, 1e-1f));
  BOTH("softmax", 2 * n, k->softmax(a, out, 2, n));
  BOTH("scale_rows", 2 * n, COPY(2 * n); k->scale_rows(out, n, 2, n, b));
  BOTH("matrix_vector", 2, k->matrix_vector(a, n, 2, n, b, c, out));
  BOTH("bfloat", n, k->float_to_bfloat(a, (uint16_t *)(out + n), n);
       k->bfloat_to_float((uint16_t *)(out + n), out, n));
  BOTH("half", n, k->float_to_half(a, (uint16_t *)(out + n), n);
       k->half_to_float((uint16_t *)(out + n), out, n));
}

static void check_optimizer(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  const ck_adamw numbers = {0.5f, 0.99f, 0.1f, 0.95f, 0.05f, 0.3f, 1e-4f, -0.01f};
  BOTH("adamw", 3 * n, COPY(n); memcpy(out + n, c, 4 * (size_t)n);
       memcpy(out + 2 * n, b, 4 * (size_t)n);
       k->adamw(out, c + n, out + n, out + 2 * n, &numbers, n));
  BOTH("approach", n, COPY(n); k->approach(out, b, 0.3f, n));
  BOTH("sum_of_squares", 1, out[0] = (float)k->sum_of_squares(a, n));
}

static void check_online(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  BOTH("softmax_step", 2 * n + 6, float *state = out + 2 * n; COPY(2 * n);
       state[0] = state[1] = -INFINITY;
       k->softmax_step(out, n, 2, n, 0.7f, n - 1, state, state + 2, state + 4));
  BOTH("group_moments", 4, double mean[2]; double deviation[2];
       k->group_moments(a, 3, 2 * n, 2, mean, deviation, sums);
       for (int group = 0; group < 2; group++)
         out[group] = (float)mean[group], out[2 + group] = (float)deviation[group]);
}

static void check_pointwise(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  for (int operation = 0; operation <= CK_POINTWISE_CLAMP; operation++) {
    const float *x = operation <= CK_POINTWISE_LOGARITHM ? b : a;
    BOTH("pointwise", n, k->pointwise(operation, 0.25f, 1.5f, x, out, n));
    BOTH("pointwise_gradient", n, k->pointwise_gradient(operation, 0.25f, 1.5f, d, b, out, n));
  }
  BOTH("maximum", n, k->maximum(a, c, out, n));
  BOTH("minimum", n, k->minimum(a, c, out, n));
  memcpy(more, a, sizeof more);
  for (ptrdiff_t i = 0; i < n; i += 3) more[i] = c[i];
  BOTH("larger_share", n, k->larger_share(more, c, out, n));
}

static void check_gradients(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t n) {
  BOTH("column_sums", n, k->column_sums(a, n, 5, n, out));
  BOTH("layer_norm_gradient", 5 * n,
       k->layer_norm_gradient(a, c, out, 3, n, b, 0.1f, out + 3 * n, out + 4 * n));
  BOTH("group_norm_input", 3 * n, k->group_norm_input(a, b, out, 3, n, d, c, c, d));
  BOTH("geglu_gradient", 4 * n, k->geglu_gradient(a, b, out, 2, n));
  BOTH("row_dots", 3, k->row_dots(c, d, 3, n, out));
  BOTH("softmax_gradient", 2 * n, k->softmax_gradient(d, c, out, 2, n));
  BOTH("log_softmax", 2 * n, k->log_softmax(a, out, 2, n));
  BOTH("log_softmax_gradient", 2 * n, k->log_softmax_gradient(c, d, out, 2, n));
  BOTH("attention_flow", 4 * n, COPY(4 * n);
       k->attention_flow(out, out + 2 * n, n, 2, n, 0.7f, n - 1, b, c));
  BOTH("pool_line", 3 * n, k->pool_line(a, 6 * n, 3, n, 2, 0.25f, out));
  BOTH("spread_line", 6 * n, k->spread_line(a, 3, n, 2, 0.25f, out));
  BOTH("unpatch_line", 5 * n, k->unpatch_line(c, 5, n, 3, 3, 2, 1, 1, 2, 3, 1, out));
}

// Panels are as wide as a set likes: only what comes out of them can be compared.
static void check_products(const ck_kernels *set, const ck_kernels *plain, ptrdiff_t depth) {
  for (ptrdiff_t columns = 1; columns <= plain->panel_columns; columns++) {
    BOTH("panel_product", 13 * columns, k->pack_panel(c, columns, 1, columns, depth, panel);
         k->panel_product(d, depth, panel, out, columns, 13, columns, depth, 0);
         k->pack_panel(c, 1, depth, columns, depth, panel);
         k->panel_product(d, depth, panel, out, columns, 13, columns, depth, 1));
    BOTH("outer_products", 13 * columns,
         k->outer_products(d, 13, c, columns, out, columns, 13, columns, depth, 0);
         k->outer_products(c, 13, d, columns, out, columns, 13, columns, depth, 1));
    BOTH("bytes", depth * columns, ptrdiff_t width = k->panel_columns;
         k->pack_panel(a, columns, 1, columns, depth, panel);
         for (ptrdiff_t i = 0; i < width; i++) sums[i] = 127 / 4.0f, sums[width + i] = 4 / 127.0f;
         k->quantise_bytes(panel, sums, depth, bytes);
         k->expand_bytes(bytes, sums + width, depth, more);
         for (ptrdiff_t i = 0; i < depth * columns; i++)
           out[i] = more[i / columns * width + i % columns]);
  }
}

// One tile of a convolution in a picture of 7 x 7 pixels.
static void convolve(const ck_kernels *k, ptrdiff_t channels, ptrdiff_t outputs, ptrdiff_t top,
                     ptrdiff_t edge, float *out) {
  ptrdiff_t width = k->panel_columns, padded = (channels + 15) / 16 * 16;
  float *input = more + 36 * channels * width;
  k->pack_panel(c, 1, 9 * channels, outputs, 9 * channels, panel);
  k->winograd_weights(panel, channels * width, channels, more, channels * width);
  k->winograd_input(d, 7, 7, channels, top - 1, edge - 1, channels, input, padded);
  memset(sums, 0, sizeof sums);
  for (int f = 0; f < 36; f++)
    k->panel_product(input + f * padded, padded, more + f * channels * width, sums + f * width,
                     width, 1, width, channels, 0);
  k->winograd_output(sums, width, out, 4 * outputs, outputs, 3, 4, outputs, b,
                     CK_ACTIVATION_SILU, d);
}

// What one tile adds to the gradient of a kernel, `[tap][channels][outputs]`.
static void convolve_back(const ck_kernels *k, ptrdiff_t channels, ptrdiff_t outputs, ptrdiff_t top,
                          ptrdiff_t edge, float *out) {
  ptrdiff_t width = k->panel_columns, padded = (channels + 15) / 16 * 16;
  float *flow = more + 36 * padded;
  memset(more, 0, sizeof more);
  k->winograd_input(d, 7, 7, channels, top - 1, edge - 1, channels, more, padded);
  k->winograd_flow(c, 4 * outputs, outputs, 3, 4, outputs, flow, width);
  for (int f = 0; f < 36; f++)
    k->outer_products(more + f * padded, padded, flow + f * width, width,
                      sums + f * channels * width, width, channels, width, 1, 0);
  k->winograd_taps(sums, channels * width, channels, panel, channels * width);
  for (ptrdiff_t i = 0; i < 9 * channels * outputs; i++)
    out[i] = panel[i / outputs * width + i % outputs];
}

static void check_winograd(const ck_kernels *set, const ck_kernels *plain) {
  for (ptrdiff_t channels = 1; channels < 20; channels++)
    for (ptrdiff_t outputs = 1; outputs <= plain->panel_columns; outputs++) {
      for (ptrdiff_t at = 0; at <= 4; at += at == 0 ? 1 : 3) {
        BOTH("winograd", 12 * outputs, convolve(k, channels, outputs, at, at, out));
        BOTH("winograd's gradient", 9 * channels * outputs,
             convolve_back(k, channels, outputs, at, at, out));
      }
    }
}

int main(void) {
  static const char *names[] = {"plain", "neon", "avx2", "avx512"};
  fill();
  const ck_kernels *plain = ck_table(CK_SET_PLAIN);
  if (!plain) return 1;
  int sets = 0;
  for (int kind = CK_SET_PLAIN; kind <= CK_SET_AVX512; kind++) {
    const ck_kernels *set = ck_table((ck_set)kind);
    if (!set) continue;
    sets++;
    comparisons = 0;
    for (ptrdiff_t n = 1; n < 300; n += n < 70 ? 1 : 29) {
      check_rows(set, plain, n), check_online(set, plain, n);
      check_pointwise(set, plain, n), check_gradients(set, plain, n);
      check_products(set, plain, n), check_optimizer(set, plain, n);
    }
    check_winograd(set, plain);
    printf("%s: %d comparisons\n", names[kind], comparisons);
    if (kind == CK_SET_PLAIN) printf("digest of plain: %016llx\n", (unsigned long long)digest);
  }
  printf("%d sets, %d failures\n", sets, failures);
  return failures > 0;
}
