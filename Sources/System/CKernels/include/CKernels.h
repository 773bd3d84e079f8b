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

typedef enum {
  CK_POINTWISE_SQUARE_ROOT = 0,
  CK_POINTWISE_LOGARITHM = 1,
  CK_POINTWISE_ABSOLUTE = 2,
  CK_POINTWISE_SQUARE = 3,
  CK_POINTWISE_SIGMOID = 4,
  CK_POINTWISE_TANH = 5,
  /// x above zero, `first` * x below
  CK_POINTWISE_LEAKY_RELU = 6,
  /// log(1 + exp(x))
  CK_POINTWISE_SOFTPLUS = 7,
  /// x held between `first` and `second`
  CK_POINTWISE_CLAMP = 8,
} ck_pointwise;

/// One step of AdamW (Loshchilov and Hutter 2019) in the numbers that all values share.
typedef struct {
  /// What gradients are multiplied by first, to clip them.
  float gradient_scale;
  /// What parameters are multiplied by: 1 - rate * weight decay.
  float decay;
  /// 1 - beta1
  float first_weight;
  /// beta2
  float second_decay;
  /// 1 - beta2
  float second_weight;
  /// sqrt(1 - beta2^t)
  float correction;
  float epsilon;
  /// -rate / (1 - beta1^t)
  float step;
} ck_adamw;

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

  // MARK: Products with packed matrices (body/gemm.h) and Winograd convolution (body/winograd.h)

  /// Columns of a panel: packed matrices lie in panels of so many columns, `[depth][columns]` each,
  /// zeros where the last one has fewer.
  ptrdiff_t panel_columns;
  /// Packs up to `panel_columns` columns of a matrix whose value (k, column) lies at
  /// x[k * depth_distance + column * column_distance].
  void (*pack_panel)(const float *x, ptrdiff_t depth_distance, ptrdiff_t column_distance,
                     ptrdiff_t columns, ptrdiff_t depth, float *panel);
  /// c[rows, columns] = a[rows, depth] panel[depth, columns], added to c where `accumulate` is not
  /// 0. Every value is one chain of multiply-adds in the order of the depth.
  void (*panel_product)(const float *a, ptrdiff_t lda, const float *panel, float *c, ptrdiff_t ldc,
                        ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, int accumulate);
  /// out[depth, panel_columns] = x * scales[column], from 8-bit values.
  void (*expand_bytes)(const int8_t *x, const float *scales, ptrdiff_t depth, float *out);
  /// x to the nearest of 255 steps: out = round(x * inverse[column]), `[depth][panel_columns]`.
  void (*quantise_bytes)(const float *x, const float *inverse, ptrdiff_t depth, int8_t *out);
  /// Nine taps of `depth` panel rows (`tap_distance` apart) to 36 frequencies.
  void (*winograd_weights)(const float *taps, ptrdiff_t tap_distance, ptrdiff_t depth, float *out,
                           ptrdiff_t frequency_distance);
  /// `count` channels of the 6x6 pixels at (top, left), zeros outside the picture, to 36
  /// frequencies; `out` is written in whole vectors, zeros behind `count`.
  void (*winograd_input)(const float *x, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels,
                         ptrdiff_t top, ptrdiff_t left, ptrdiff_t count, float *out,
                         ptrdiff_t frequency_distance);
  /// 36 frequencies to the first `height` x `width` of 4x4 pixels: activation(y + bias) + residual.
  void (*winograd_output)(const float *x, ptrdiff_t frequency_distance, float *out,
                          ptrdiff_t line_distance, ptrdiff_t pixel_distance, ptrdiff_t height,
                          ptrdiff_t width, ptrdiff_t columns, const float *_Nullable bias,
                          int32_t activation, const float *_Nullable residual);
  /// c[rows, columns] = aᵀ b over `depth` rows of both, added to c where `accumulate` is not 0: what
  /// the gradient of a weight matrix is.
  void (*outer_products)(const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb, float *c,
                         ptrdiff_t ldc, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                         int accumulate);
  /// The transpose of `winograd_output`: gradients of the first `height` x `width` of 4x4 pixels to
  /// 36 frequencies; `out` is written in whole vectors, zeros behind `count`.
  void (*winograd_flow)(const float *gradient, ptrdiff_t line_distance, ptrdiff_t pixel_distance,
                        ptrdiff_t height, ptrdiff_t width, ptrdiff_t count, float *out,
                        ptrdiff_t frequency_distance);
  /// The transpose of `winograd_weights`: 36 frequencies to nine taps of `depth` panel rows.
  void (*winograd_taps)(const float *x, ptrdiff_t frequency_distance, ptrdiff_t depth, float *taps,
                        ptrdiff_t tap_distance);
  // Pointwise functions and what gradients need
  /// out = operation(x), with the parameters of `ck_pointwise`
  void (*pointwise)(int32_t operation, float first, float second, const float *x, float *out,
                    ptrdiff_t n);
  /// out = gradient * operation'; `kept` is the operation's result for the square root, the sigmoid
  /// and tanh, its argument for the others
  void (*pointwise_gradient)(int32_t operation, float first, float second, const float *kept,
                             const float *gradient, float *out, ptrdiff_t n);
  /// out = the larger, the smaller of a and b
  void (*maximum)(const float *a, const float *b, float *out, ptrdiff_t n);
  void (*minimum)(const float *a, const float *b, float *out, ptrdiff_t n);
  /// out = 1 where a > b, 0 where a < b, a half where they are equal
  void (*larger_share)(const float *a, const float *b, float *out, ptrdiff_t n);
  /// sums[column] = sum over the rows, in their order
  void (*column_sums)(const float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t columns,
                      float *sums);
  /// The input's gradient of `layer_norm`; over these rows also the sums that scale and bias get
  void (*layer_norm_gradient)(const float *x, const float *gradient, float *out, ptrdiff_t rows,
                              ptrdiff_t width, const float *_Nullable scale, float epsilon,
                              float *_Nullable scale_sums, float *_Nullable bias_sums);
  /// flow = gradient * activation'(x * scale + offset), left alone without an activation; then per
  /// channel sums[channels] of the flow and, behind them, of flow * (x - mean)
  void (*group_norm_flow)(const float *x, const float *gradient, float *flow, ptrdiff_t rows,
                          ptrdiff_t channels, const float *scale, const float *offset,
                          const float *mean, int32_t activation, float *sums);
  /// out = flow * scale + (x - mean) * slope + shift, all per channel
  void (*group_norm_input)(const float *x, const float *flow, float *out, ptrdiff_t rows,
                           ptrdiff_t channels, const float *scale, const float *mean,
                           const float *slope, const float *shift);
  /// out[rows, 2 * width] = the gradient of `geglu` at x[rows, 2 * width]
  void (*geglu_gradient)(const float *x, const float *gradient, float *out, ptrdiff_t rows,
                         ptrdiff_t width);
  /// out[r] = dot(a[r, :], b[r, :])
  void (*row_dots)(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t width, float *out);
  /// out = y * (gradient - dot(y, gradient)), per row of the softmax y
  void (*softmax_gradient)(const float *y, const float *gradient, float *out, ptrdiff_t rows,
                           ptrdiff_t width);
  /// out = x - log(sum(exp(x))), per row
  void (*log_softmax)(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width);
  /// out = gradient - exp(y) * sum(gradient), per row of the log-softmax y
  void (*log_softmax_gradient)(const float *y, const float *gradient, float *out, ptrdiff_t rows,
                               ptrdiff_t width);
  /// Attention's backward step on a block: raw scores become weights exp(scale * s - log_sum), and
  /// the flow into the weights becomes the one into the raw products, weight * (flow - mean) *
  /// scale. Row r sees its first `visible + r` columns; the others get zeros.
  void (*attention_flow)(float *scores, float *flow, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width,
                         float scale, ptrdiff_t visible, const float *log_sum, const float *mean);
  /// out[width, channels] = scale * the sum of each size x size square of a picture with lines
  /// `ld` apart
  void (*pool_line)(const float *x, ptrdiff_t ld, ptrdiff_t width, ptrdiff_t channels,
                    ptrdiff_t size, float scale, float *out);
  /// out[width * size, channels] = scale * each pixel, `size` times in a row
  void (*spread_line)(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t size,
                      float scale, float *out);
  /// One input line of the transpose of `ck_patches`: adds up what all patches hold of it
  void (*unpatch_line)(const float *patches, ptrdiff_t width, ptrdiff_t channels,
                       ptrdiff_t kernel_height, ptrdiff_t kernel_width, ptrdiff_t stride,
                       ptrdiff_t top, ptrdiff_t left, ptrdiff_t out_height, ptrdiff_t out_width,
                       ptrdiff_t line, float *out);
  /// Moves parameters and both moments in place, rounding as torch.optim.AdamW does.
  void (*adamw)(float *parameter, const float *gradient, float *first, float *second,
                const ck_adamw *settings, ptrdiff_t n);
  /// Sum of x^2, every term in double precision, in an order that depends on n alone.
  double (*sum_of_squares)(const float *x, ptrdiff_t n);
  /// average -= weight * (average - x)
  void (*approach)(float *average, const float *x, float weight, ptrdiff_t n);
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
