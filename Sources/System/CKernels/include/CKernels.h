#ifndef BYTEEDIT_CKERNELS_H
#define BYTEEDIT_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Numeric kernels over float rows. Every kernel has one body, compiled once per instruction set;
// `ck_table` hands out the functions of a set. Lengths are counted in elements, `ld` is the
// distance between rows. In-place use (out == x) is allowed wherever shapes agree.

#pragma clang assume_nonnull begin

typedef enum {
  CK_SET_PLAIN = 0,
  CK_SET_NEON = 1,
  CK_SET_AVX2 = 2,
  CK_SET_AVX512 = 3,
} ck_set;

typedef enum {
  CK_ACTIVATION_NONE = 0,
  CK_ACTIVATION_SILU = 1,
  CK_ACTIVATION_GELU = 2,
  CK_ACTIVATION_QUICK_GELU = 3,
  CK_ACTIVATION_RELU = 4,
} ck_activation;

typedef struct {
  /// out = a (+ - * /) b
  void (*add)(const float *a, const float *b, float *out, ptrdiff_t n);
  void (*subtract)(const float *a, const float *b, float *out, ptrdiff_t n);
  void (*multiply)(const float *a, const float *b, float *out, ptrdiff_t n);
  void (*divide)(const float *a, const float *b, float *out, ptrdiff_t n);
  /// out = alpha * a + beta * b
  void (*scaled_add)(const float *a, float alpha, const float *b, float beta, float *out,
                     ptrdiff_t n);
  /// out = scale * x + offset
  void (*affine)(const float *x, float scale, float offset, float *out, ptrdiff_t n);
  /// out = exp(x)
  void (*exponential)(const float *x, float *out, ptrdiff_t n);
  /// out = activation(x)
  void (*activate)(int32_t activation, const float *x, float *out, ptrdiff_t n);
  /// out = gradient * activation'(x)
  void (*activate_gradient)(int32_t activation, const float *x, const float *gradient, float *out,
                            ptrdiff_t n);
  /// x = activation(x + bias) + residual, rows of `width`; bias and residual may be absent
  void (*epilogue)(float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width,
                   const float *_Nullable bias, int32_t activation,
                   const float *_Nullable residual, ptrdiff_t residual_ld);
  /// out[rows, width] = x[:, :width] * gelu(x[:, width:])
  void (*geglu)(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width);
  /// Sum in double precision, in an order that depends on n alone.
  double (*sum)(const float *x, ptrdiff_t n);
  /// Sum of (x - mean)^2 in double precision, in an order that depends on n alone.
  double (*squared_deviation)(const float *x, float mean, ptrdiff_t n);
  /// sum of a * b in double precision
  double (*dot)(const float *a, const float *b, ptrdiff_t n);
  /// out = (x - mean) / sqrt(variance + epsilon) * scale + bias, per row
  void (*layer_norm)(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width,
                     const float *_Nullable scale, const float *_Nullable bias, float epsilon);
  /// Per group of channels: mean and sum of squared deviations over these rows.
  /// `scratch` holds 2 * channels floats.
  void (*group_moments)(const float *x, ptrdiff_t rows, ptrdiff_t channels, ptrdiff_t groups,
                        double *mean, double *deviation, float *scratch);
  /// out = activation(x * scale[channel] + offset[channel]) per row
  void (*channel_affine)(const float *x, float *out, ptrdiff_t rows, ptrdiff_t channels,
                         const float *scale, const float *offset, int32_t activation);
  /// Softmax of each row.
  void (*softmax)(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width);
  /// One step of the online softmax: turns a block of raw scores into exp(scale * s - maximum) in
  /// place, raises `maximum`, adds to `total`, and leaves in `correction` the factor by which what
  /// was accumulated before must shrink. Row r sees its first `visible + r` columns, none when that
  /// is negative, all when it is `width` or more.
  void (*softmax_step)(float *scores, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width, float scale,
                       ptrdiff_t visible, float *maximum, float *total, float *correction);
  /// x[r, :] *= factors[r]
  void (*scale_rows)(float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width,
                     const float *factors);
  /// out[r] = dot(matrix[r, :], vector) (+ bias[r]): a product with one row on the left
  void (*matrix_vector)(const float *matrix, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width,
                        const float *vector, const float *_Nullable bias, float *out);
  void (*half_to_float)(const uint16_t *x, float *out, ptrdiff_t n);
  void (*float_to_half)(const float *x, uint16_t *out, ptrdiff_t n);
  void (*bfloat_to_float)(const uint16_t *x, float *out, ptrdiff_t n);
  void (*float_to_bfloat)(const float *x, uint16_t *out, ptrdiff_t n);
} ck_kernels;

/// The best set this CPU and this build can run.
ck_set ck_best_set(void);
/// The kernels of a set, or NULL when the build or the CPU lacks it.
const ck_kernels *_Nullable ck_table(ck_set set);

// MARK: Layout, by memory copies alone: the same for every set

/// Rows `first ..< first + rows` of the patch matrix of one NHWC picture: row (y, x) of the output
/// holds the kernel_height * kernel_width * channels inputs that it sees, zeros outside.
void ck_patches(const float *x, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels,
                ptrdiff_t kernel_height, ptrdiff_t kernel_width, ptrdiff_t stride, ptrdiff_t top,
                ptrdiff_t left, ptrdiff_t out_width, ptrdiff_t first, ptrdiff_t rows, float *out);
/// Rows `first ..< first + rows` of the output of a nearest doubling, [2h, 2w, c].
void ck_upsample_rows(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t first,
                      ptrdiff_t rows, float *out);
/// out[column, row] = x[row, column]
void ck_transpose(const float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t columns, float *out,
                  ptrdiff_t out_ld);

// MARK: Threads

/// Whether this thread is inside a task of a thread team: nested teams then run inline.
int ck_in_team(void);
void ck_set_in_team(int inside);
/// Tells the CPU that this is a spinning wait.
void ck_pause(void);
/// Raises the nice value of the calling thread alone; returns 0 on success.
int ck_set_thread_niceness(int niceness);

// MARK: CPU

/// Widest vector instructions usable here: 0 below AVX2, 2 AVX2 with FMA, 3 AVX-512.
int ck_x86_level(void);

#pragma clang assume_nonnull end

#endif
