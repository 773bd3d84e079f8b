// Elementwise kernels.

#define CK_MAP2(NAME, EXPRESSION)                                                   \
  static void NAME(const float *p, const float *q, float *out, ptrdiff_t n) {       \
    ptrdiff_t i = 0;                                                                \
    for (; i + CK_WIDTH <= n; i += CK_WIDTH) {                                      \
      vf a = load(p + i), b = load(q + i);                                          \
      store(out + i, EXPRESSION);                                                   \
    }                                                                               \
    if (i < n) {                                                                    \
      vf a = load_tail(p + i, n - i), b = load_tail(q + i, n - i);                  \
      store_tail(out + i, EXPRESSION, n - i);                                       \
    }                                                                               \
  }

CK_MAP2(add, a + b)
CK_MAP2(subtract, a - b)
CK_MAP2(multiply, a *b)
CK_MAP2(divide, a / b)

static void scaled_add(const float *a, float alpha, const float *b, float beta, float *out,
                       ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH)
    store(out + i, fma_(load(a + i), (vf)alpha, load(b + i) * beta));
  if (i < n)
    store_tail(out + i, fma_(load_tail(a + i, n - i), (vf)alpha, load_tail(b + i, n - i) * beta),
               n - i);
}

static void affine(const float *x, float scale, float offset, float *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH)
    store(out + i, fma_(load(x + i), (vf)scale, (vf)offset));
  if (i < n) store_tail(out + i, fma_(load_tail(x + i, n - i), (vf)scale, (vf)offset), n - i);
}

static void exponential(const float *x, float *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) store(out + i, exp_(load(x + i)));
  if (i < n) store_tail(out + i, exp_(load_tail(x + i, n - i)), n - i);
}

CK_INLINE void activate_as(int32_t activation, const float *x, float *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) store(out + i, activate_(activation, load(x + i)));
  if (i < n) store_tail(out + i, activate_(activation, load_tail(x + i, n - i)), n - i);
}

static void activate(int32_t activation, const float *x, float *out, ptrdiff_t n) {
  switch (activation) {
  case CK_ACTIVATION_SILU: activate_as(CK_ACTIVATION_SILU, x, out, n); break;
  case CK_ACTIVATION_GELU: activate_as(CK_ACTIVATION_GELU, x, out, n); break;
  case CK_ACTIVATION_QUICK_GELU: activate_as(CK_ACTIVATION_QUICK_GELU, x, out, n); break;
  case CK_ACTIVATION_RELU: activate_as(CK_ACTIVATION_RELU, x, out, n); break;
  default: activate_as(CK_ACTIVATION_NONE, x, out, n); break;
  }
}

static void activate_gradient(int32_t activation, const float *x, const float *gradient,
                              float *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH)
    store(out + i, load(gradient + i) * activate_gradient_(activation, load(x + i)));
  if (i < n)
    store_tail(out + i,
               load_tail(gradient + i, n - i) *
                   activate_gradient_(activation, load_tail(x + i, n - i)),
               n - i);
}

CK_INLINE void epilogue_as(float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width,
                           const float *bias, int32_t activation, const float *residual,
                           ptrdiff_t residual_ld) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = x + r * ld;
    const float *other = residual ? residual + r * residual_ld : NULL;
    ptrdiff_t i = 0;
    for (; i + CK_WIDTH <= width; i += CK_WIDTH) {
      vf v = load(row + i);
      if (bias) v += load(bias + i);
      v = activate_(activation, v);
      if (other) v += load(other + i);
      store(row + i, v);
    }
    ptrdiff_t n = width - i;
    if (n == 0) continue;
    vf v = load_tail(row + i, n);
    if (bias) v += load_tail(bias + i, n);
    v = activate_(activation, v);
    if (other) v += load_tail(other + i, n);
    store_tail(row + i, v, n);
  }
}

static void epilogue(float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width, const float *bias,
                     int32_t activation, const float *residual, ptrdiff_t residual_ld) {
#define CK_EPILOGUE(A) epilogue_as(x, ld, rows, width, bias, A, residual, residual_ld)
  switch (activation) {
  case CK_ACTIVATION_SILU: CK_EPILOGUE(CK_ACTIVATION_SILU); break;
  case CK_ACTIVATION_GELU: CK_EPILOGUE(CK_ACTIVATION_GELU); break;
  case CK_ACTIVATION_QUICK_GELU: CK_EPILOGUE(CK_ACTIVATION_QUICK_GELU); break;
  case CK_ACTIVATION_RELU: CK_EPILOGUE(CK_ACTIVATION_RELU); break;
  default: CK_EPILOGUE(CK_ACTIVATION_NONE); break;
  }
#undef CK_EPILOGUE
}

static void geglu(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *value = x + r * 2 * width, *gate = value + width;
    float *row = out + r * width;
    ptrdiff_t i = 0;
    for (; i + CK_WIDTH <= width; i += CK_WIDTH)
      store(row + i, load(value + i) * gelu_(load(gate + i)));
    ptrdiff_t n = width - i;
    if (n > 0) store_tail(row + i, load_tail(value + i, n) * gelu_(load_tail(gate + i, n)), n);
  }
}

static void scale_rows(float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width,
                       const float *factors) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = x + r * ld;
    ptrdiff_t i = 0;
    for (; i + CK_WIDTH <= width; i += CK_WIDTH) store(row + i, load(row + i) * factors[r]);
    for (; i < width; i++) row[i] *= factors[r];
  }
}
