// What the gradients of layers need. The order of every sum is fixed by the shape.

// Each channel's sum over rows, kept in registers: two vectors of channels at a time.
static void column_sums(const float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t columns,
                        float *sums) {
  ptrdiff_t c = 0;
  for (; c + 2 * CK_WIDTH <= columns; c += 2 * CK_WIDTH) {
    vf left = 0, right = 0;
    for (ptrdiff_t r = 0; r < rows; r++) {
      left += load(x + r * ld + c);
      right += load(x + r * ld + c + CK_WIDTH);
    }
    store(sums + c, left);
    store(sums + c + CK_WIDTH, right);
  }
  for (; c < columns; c += CK_WIDTH) {
    ptrdiff_t n = columns - c < CK_WIDTH ? columns - c : CK_WIDTH;
    vf total = 0;
    for (ptrdiff_t r = 0; r < rows; r++)
      total += n == CK_WIDTH ? load(x + r * ld + c) : load_tail(x + r * ld + c, n);
    store_tail(sums + c, total, n);
  }
}

CK_INLINE vf load_some(const float *p, ptrdiff_t n) {
  return n == CK_WIDTH ? load(p) : load_tail(p, n);
}

CK_INLINE void store_some(float *p, vf v, ptrdiff_t n) {
  if (n == CK_WIDTH)
    store(p, v);
  else
    store_tail(p, v, n);
}

CK_INLINE ptrdiff_t lanes_left(ptrdiff_t i, ptrdiff_t n) {
  return n - i < CK_WIDTH ? n - i : CK_WIDTH;
}

// One row's two sums that layer normalisation needs: of the flow, and of flow times deviation.
CK_INLINE void layer_norm_row(const float *x, const float *gradient, float *out, ptrdiff_t width,
                              const float *scale, float mean, float factor, float *scale_sums,
                              float *bias_sums) {
  vf flow = 0, product = 0;
  for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
    ptrdiff_t n = lanes_left(i, width);
    vf g = load_some(gradient + i, n), v = (load_some(x + i, n) - mean) * factor;
    if (scale_sums) store_some(scale_sums + i, fma_(g, v, load_some(scale_sums + i, n)), n);
    if (bias_sums) store_some(bias_sums + i, load_some(bias_sums + i, n) + g, n);
    if (scale) g *= load_some(scale + i, n);
    flow += g;
    product = fma_(g, v, product);
  }
  float flow_mean = reduce_add(flow) / (float)width;
  float product_mean = reduce_add(product) / (float)width;
  for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
    ptrdiff_t n = lanes_left(i, width);
    vf g = load_some(gradient + i, n), v = (load_some(x + i, n) - mean) * factor;
    if (scale) g *= load_some(scale + i, n);
    store_some(out + i, factor * (g - flow_mean - v * product_mean), n);
  }
}

static void layer_norm_gradient(const float *x, const float *gradient, float *out, ptrdiff_t rows,
                                ptrdiff_t width, const float *scale, float epsilon,
                                float *scale_sums, float *bias_sums) {
  if (scale_sums) memset(scale_sums, 0, (size_t)width * sizeof *scale_sums);
  if (bias_sums) memset(bias_sums, 0, (size_t)width * sizeof *bias_sums);
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + r * width;
    float mean = (float)(sum(row, width) / (double)width);
    double variance = squared_deviation(row, mean, width) / (double)width;
    float factor = (float)(1.0 / __builtin_sqrt(variance + (double)epsilon));
    layer_norm_row(row, gradient + r * width, out + r * width, width, scale, mean, factor,
                   scale_sums, bias_sums);
  }
}

CK_INLINE void group_norm_flow_as(const float *x, const float *gradient, float *flow,
                                  ptrdiff_t rows, ptrdiff_t channels, const float *scale,
                                  const float *offset, const float *mean, int32_t activation,
                                  float *sums) {
  for (ptrdiff_t c = 0; c < channels; c += CK_WIDTH) {
    ptrdiff_t n = lanes_left(c, channels);
    vf factor = load_some(scale + c, n), shift = load_some(offset + c, n);
    vf centre = load_some(mean + c, n), total = 0, product = 0;
    for (ptrdiff_t r = 0; r < rows; r++) {
      vf v = load_some(x + r * channels + c, n), g = load_some(gradient + r * channels + c, n);
      if (activation != CK_ACTIVATION_NONE) {
        g *= activate_gradient_(activation, fma_(v, factor, shift));
        store_some(flow + r * channels + c, g, n);
      }
      total += g;
      product = fma_(g, v - centre, product);
    }
    store_some(sums + c, total, n);
    store_some(sums + channels + c, product, n);
  }
}

static void group_norm_flow(const float *x, const float *gradient, float *flow, ptrdiff_t rows,
                            ptrdiff_t channels, const float *scale, const float *offset,
                            const float *mean, int32_t activation, float *sums) {
#define CK_FLOW(A) \
  group_norm_flow_as(x, gradient, flow, rows, channels, scale, offset, mean, A, sums)
  switch (activation) {
  case CK_ACTIVATION_SILU: CK_FLOW(CK_ACTIVATION_SILU); break;
  case CK_ACTIVATION_GELU: CK_FLOW(CK_ACTIVATION_GELU); break;
  case CK_ACTIVATION_QUICK_GELU: CK_FLOW(CK_ACTIVATION_QUICK_GELU); break;
  default: CK_FLOW(CK_ACTIVATION_NONE); break;
  }
#undef CK_FLOW
}

static void group_norm_input(const float *x, const float *flow, float *out, ptrdiff_t rows,
                             ptrdiff_t channels, const float *scale, const float *mean,
                             const float *slope, const float *shift) {
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t c = 0; c < channels; c += CK_WIDTH) {
      ptrdiff_t n = lanes_left(c, channels), i = r * channels + c;
      vf v = load_some(x + i, n) - load_some(mean + c, n);
      vf rest = fma_(v, load_some(slope + c, n), load_some(shift + c, n));
      store_some(out + i, fma_(load_some(flow + i, n), load_some(scale + c, n), rest), n);
    }
}

static void geglu_gradient(const float *x, const float *gradient, float *out, ptrdiff_t rows,
                           ptrdiff_t width) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *value = x + r * 2 * width, *gate = value + width;
    float *to_value = out + r * 2 * width, *to_gate = to_value + width;
    for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
      ptrdiff_t n = lanes_left(i, width);
      vf g = load_some(gradient + r * width + i, n), t = load_some(gate + i, n);
      vf share = normal_distribution_(t);
      vf slope = fma_(t * 0.398942280f, exp_(t * t * -0.5f), share);
      vf flow = g * load_some(value + i, n);
      store_some(to_value + i, g * (t * share), n);
      store_some(to_gate + i, flow * slope, n);
    }
  }
}

static void row_dots(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t width,
                     float *out) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    vf total = 0;
    for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
      ptrdiff_t n = lanes_left(i, width);
      total = fma_(load_some(a + r * width + i, n), load_some(b + r * width + i, n), total);
    }
    out[r] = reduce_add(total);
  }
}

static void softmax_gradient(const float *y, const float *gradient, float *out, ptrdiff_t rows,
                             ptrdiff_t width) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *weights = y + r * width, *flow = gradient + r * width;
    float mean;
    row_dots(weights, flow, 1, width, &mean);
    for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
      ptrdiff_t n = lanes_left(i, width);
      store_some(out + r * width + i, load_some(weights + i, n) * (load_some(flow + i, n) - mean),
                 n);
    }
  }
}

static void log_softmax(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + r * width;
    float highest = row_maximum(row, width);
    vf total = 0;
    for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
      ptrdiff_t n = lanes_left(i, width);
      float lanes[CK_WIDTH] = {0};
      store_some(lanes, exp_(load_some(row + i, n) - highest), n);
      total += load(lanes);
    }
    vf logarithm = log_((vf)reduce_add(total));
    for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
      ptrdiff_t n = lanes_left(i, width);
      store_some(out + r * width + i, load_some(row + i, n) - highest - logarithm, n);
    }
  }
}

static void log_softmax_gradient(const float *y, const float *gradient, float *out,
                                 ptrdiff_t rows, ptrdiff_t width) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = y + r * width, *flow = gradient + r * width;
    float total = (float)sum(flow, width);
    for (ptrdiff_t i = 0; i < width; i += CK_WIDTH) {
      ptrdiff_t n = lanes_left(i, width);
      store_some(out + r * width + i, load_some(flow + i, n) - exp_(load_some(row + i, n)) * total,
                 n);
    }
  }
}

static void attention_flow(float *scores, float *flow, ptrdiff_t ld, ptrdiff_t rows,
                           ptrdiff_t width, float scale, ptrdiff_t visible,
                           const float *log_sum, const float *mean) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *weights = scores + r * ld, *to = flow + r * ld;
    ptrdiff_t seen = visible + r < 0 ? 0 : visible + r > width ? width : visible + r;
    for (ptrdiff_t i = 0; i < seen; i += CK_WIDTH) {
      ptrdiff_t n = lanes_left(i, seen);
      vf p = exp_(fma_(load_some(weights + i, n), (vf)scale, (vf)-log_sum[r]));
      store_some(weights + i, p, n);
      store_some(to + i, p * (load_some(to + i, n) - mean[r]) * scale, n);
    }
    for (ptrdiff_t i = seen; i < width; i++) weights[i] = to[i] = 0.0f;
  }
}

static void pool_line(const float *x, ptrdiff_t ld, ptrdiff_t width, ptrdiff_t channels,
                      ptrdiff_t size, float scale, float *out) {
  for (ptrdiff_t column = 0; column < width; column++)
    for (ptrdiff_t c = 0; c < channels; c += CK_WIDTH) {
      ptrdiff_t n = lanes_left(c, channels);
      vf total = 0;
      for (ptrdiff_t r = 0; r < size; r++)
        for (ptrdiff_t k = 0; k < size; k++)
          total += load_some(x + r * ld + (column * size + k) * channels + c, n);
      store_some(out + column * channels + c, total * scale, n);
    }
}

static void spread_line(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t size,
                        float scale, float *out) {
  for (ptrdiff_t column = 0; column < width; column++)
    for (ptrdiff_t k = 0; k < size; k++)
      for (ptrdiff_t c = 0; c < channels; c += CK_WIDTH) {
        ptrdiff_t n = lanes_left(c, channels);
        store_some(out + (column * size + k) * channels + c,
                   load_some(x + column * channels + c, n) * scale, n);
      }
}

// The output pixels whose patches reach this input line, each tap's row of the line in turn.
static void unpatch_line(const float *patches, ptrdiff_t width, ptrdiff_t channels,
                         ptrdiff_t kernel_height, ptrdiff_t kernel_width, ptrdiff_t stride,
                         ptrdiff_t top, ptrdiff_t left, ptrdiff_t out_height, ptrdiff_t out_width,
                         ptrdiff_t line, float *out) {
  memset(out, 0, (size_t)(width * channels) * sizeof *out);
  ptrdiff_t run = kernel_width * channels, depth = kernel_height * run;
  for (ptrdiff_t k = 0; k < kernel_height; k++) {
    ptrdiff_t reach = line + top - k;
    if (reach < 0 || reach % stride != 0 || reach / stride >= out_height) continue;
    const float *row = patches + reach / stride * out_width * depth + k * run;
    for (ptrdiff_t column = 0; column < out_width; column++, row += depth) {
      ptrdiff_t start = column * stride - left;
      ptrdiff_t first = start < 0 ? -start : 0;
      ptrdiff_t end = start + kernel_width > width ? width - start : kernel_width;
      if (first >= end) continue;
      float *to = out + (start + first) * channels;
      add(to, row + first * channels, to, (end - first) * channels);
    }
  }
}
