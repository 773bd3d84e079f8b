// Reductions and normalisations. The order of every sum is fixed by the shape.

// Sums of up to 512 floats are kept in single precision lanes, then added up in double.
#define CK_RUN 32

static double sum(const float *x, ptrdiff_t n) {
  vd total = 0;
  ptrdiff_t i = 0;
  while (i + CK_WIDTH <= n) {
    vf partial = 0;
    for (int k = 0; k < CK_RUN && i + CK_WIDTH <= n; k++, i += CK_WIDTH) partial += load(x + i);
    total += __builtin_convertvector(partial, vd);
  }
  if (i < n) total += __builtin_convertvector(load_tail(x + i, n - i), vd);
  return reduce_add_double(&total);
}

static double squared_deviation(const float *x, float mean, ptrdiff_t n) {
  vd total = 0;
  ptrdiff_t i = 0;
  while (i + CK_WIDTH <= n) {
    vf partial = 0;
    for (int k = 0; k < CK_RUN && i + CK_WIDTH <= n; k++, i += CK_WIDTH) {
      vf d = load(x + i) - mean;
      partial = fma_(d, d, partial);
    }
    total += __builtin_convertvector(partial, vd);
  }
  double result = reduce_add_double(&total);
  for (; i < n; i++) {
    double d = (double)x[i] - (double)mean;
    result += d * d;
  }
  return result;
}

static double dot(const float *a, const float *b, ptrdiff_t n) {
  vd total = 0;
  ptrdiff_t i = 0;
  while (i + CK_WIDTH <= n) {
    vf partial = 0;
    for (int k = 0; k < CK_RUN && i + CK_WIDTH <= n; k++, i += CK_WIDTH)
      partial = fma_(load(a + i), load(b + i), partial);
    total += __builtin_convertvector(partial, vd);
  }
  if (i < n)
    total += __builtin_convertvector(load_tail(a + i, n - i) * load_tail(b + i, n - i), vd);
  return reduce_add_double(&total);
}

static void normalise_row(const float *x, float *out, ptrdiff_t n, const float *scale,
                          const float *bias, float mean, float factor) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) {
    vf v = (load(x + i) - mean) * factor;
    if (scale) v *= load(scale + i);
    if (bias) v += load(bias + i);
    store(out + i, v);
  }
  ptrdiff_t rest = n - i;
  if (rest == 0) return;
  vf v = (load_tail(x + i, rest) - mean) * factor;
  if (scale) v *= load_tail(scale + i, rest);
  if (bias) v += load_tail(bias + i, rest);
  store_tail(out + i, v, rest);
}

static void layer_norm(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width,
                       const float *scale, const float *bias, float epsilon) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + r * width;
    float mean = (float)(sum(row, width) / (double)width);
    double variance = squared_deviation(row, mean, width) / (double)width;
    float factor = (float)(1.0 / __builtin_sqrt(variance + (double)epsilon));
    normalise_row(row, out + r * width, width, scale, bias, mean, factor);
  }
}

// Adds up each channel over the rows into sums[channels].
static void channel_sums(const float *x, ptrdiff_t rows, ptrdiff_t channels, float *sums) {
  memset(sums, 0, (size_t)channels * sizeof *sums);
  for (ptrdiff_t r = 0; r < rows; r++) add(sums, x + r * channels, sums, channels);
}

// Adds up (x - mean)^2 of each channel over the rows into sums[channels].
static void channel_deviations(const float *x, ptrdiff_t rows, ptrdiff_t channels,
                               const float *means, float *sums) {
  memset(sums, 0, (size_t)channels * sizeof *sums);
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + r * channels;
    ptrdiff_t i = 0;
    for (; i + CK_WIDTH <= channels; i += CK_WIDTH) {
      vf d = load(row + i) - load(means + i);
      store(sums + i, fma_(d, d, load(sums + i)));
    }
    for (; i < channels; i++) {
      float d = row[i] - means[i];
      sums[i] += d * d;
    }
  }
}

static void group_moments(const float *x, ptrdiff_t rows, ptrdiff_t channels, ptrdiff_t groups,
                          double *mean, double *deviation, float *scratch) {
  float *sums = scratch, *means = scratch + channels;
  ptrdiff_t width = channels / groups;
  channel_sums(x, rows, channels, sums);
  for (ptrdiff_t g = 0; g < groups; g++) {
    double total = 0;
    for (ptrdiff_t c = g * width; c < (g + 1) * width; c++) total += (double)sums[c];
    // Deviations are taken from the rounded mean, which is therefore the one reported.
    float rounded = (float)(total / (double)(rows * width));
    for (ptrdiff_t c = g * width; c < (g + 1) * width; c++) means[c] = rounded;
    double exact = total / (double)(rows * width);
    mean[g] = exact;
    double shift = exact - (double)rounded;
    deviation[g] = -shift * shift * (double)(rows * width);
  }
  channel_deviations(x, rows, channels, means, sums);
  for (ptrdiff_t g = 0; g < groups; g++) {
    for (ptrdiff_t c = g * width; c < (g + 1) * width; c++) deviation[g] += (double)sums[c];
    if (deviation[g] < 0) deviation[g] = 0;
  }
}

CK_INLINE void channel_affine_as(const float *x, float *out, ptrdiff_t rows, ptrdiff_t channels,
                                 const float *scale, const float *offset, int32_t activation) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *in = x + r * channels;
    float *to = out + r * channels;
    ptrdiff_t i = 0;
    for (; i + CK_WIDTH <= channels; i += CK_WIDTH)
      store(to + i, activate_(activation, fma_(load(in + i), load(scale + i), load(offset + i))));
    ptrdiff_t n = channels - i;
    if (n > 0)
      store_tail(to + i,
                 activate_(activation, fma_(load_tail(in + i, n), load_tail(scale + i, n),
                                            load_tail(offset + i, n))),
                 n);
  }
}

static void channel_affine(const float *x, float *out, ptrdiff_t rows, ptrdiff_t channels,
                           const float *scale, const float *offset, int32_t activation) {
#define CK_AFFINE(A) channel_affine_as(x, out, rows, channels, scale, offset, A)
  switch (activation) {
  case CK_ACTIVATION_SILU: CK_AFFINE(CK_ACTIVATION_SILU); break;
  case CK_ACTIVATION_GELU: CK_AFFINE(CK_ACTIVATION_GELU); break;
  case CK_ACTIVATION_QUICK_GELU: CK_AFFINE(CK_ACTIVATION_QUICK_GELU); break;
  case CK_ACTIVATION_RELU: CK_AFFINE(CK_ACTIVATION_RELU); break;
  default: CK_AFFINE(CK_ACTIVATION_NONE); break;
  }
#undef CK_AFFINE
}

// Four sums per row hide the latency of the additions.
static void matrix_vector(const float *matrix, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width,
                          const float *vector, const float *bias, float *out) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = matrix + r * ld;
    vf first = 0, second = 0, third = 0, fourth = 0;
    ptrdiff_t i = 0;
    for (; i + 4 * CK_WIDTH <= width; i += 4 * CK_WIDTH) {
      first = fma_(load(row + i), load(vector + i), first);
      second = fma_(load(row + i + CK_WIDTH), load(vector + i + CK_WIDTH), second);
      third = fma_(load(row + i + 2 * CK_WIDTH), load(vector + i + 2 * CK_WIDTH), third);
      fourth = fma_(load(row + i + 3 * CK_WIDTH), load(vector + i + 3 * CK_WIDTH), fourth);
    }
    for (; i + CK_WIDTH <= width; i += CK_WIDTH)
      first = fma_(load(row + i), load(vector + i), first);
    if (i < width)
      second = fma_(load_tail(row + i, width - i), load_tail(vector + i, width - i), second);
    out[r] = reduce_add((first + second) + (third + fourth)) + (bias ? bias[r] : 0.0f);
  }
}
