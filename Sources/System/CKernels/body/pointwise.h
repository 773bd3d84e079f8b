// Pointwise functions that training and the judges need, and their gradients.

// log: the exponent apart, then Cephes' polynomial on [sqrt(1/2), sqrt(2)].
CK_INLINE vf log_(vf x) {
  const vf smallest = 1.17549435e-38f;
  vi tiny = x < smallest;
  vf scaled = select(tiny, x * 8388608.0f, x);
  vi bits = (vi)scaled;
  vi above = (bits & 0x007fffff) > 0x003504f3;
  vi exponent = (bits >> 23) - 127 - above;
  vf m = (vf)((bits & 0x007fffff) | ((above & -0x00800000) + 0x3f800000));
  vf e = __builtin_convertvector(exponent, vf) - select(tiny, (vf)23.0f, (vf)0.0f);
  vf r = m - 1.0f, square = r * r;
  vf p = 7.0376836292e-2f;
  p = fma_(p, r, (vf)-1.1514610310e-1f);
  p = fma_(p, r, (vf)1.1676998740e-1f);
  p = fma_(p, r, (vf)-1.2420140846e-1f);
  p = fma_(p, r, (vf)1.4249322787e-1f);
  p = fma_(p, r, (vf)-1.6668057665e-1f);
  p = fma_(p, r, (vf)2.0000714765e-1f);
  p = fma_(p, r, (vf)-2.4999993993e-1f);
  p = fma_(p, r, (vf)3.3333331174e-1f);
  vf tail = fma_(p, r, (vf)-0.5f) * square;
  vf result = fma_(e, (vf)0.693359375f, r + fma_(e, (vf)-2.12194440e-4f, tail));
  const vf infinity = __builtin_inff();
  result = select(x == infinity, infinity, result);
  result = select(x == 0.0f, -infinity, result);
  return select((x < 0.0f) | (x != x), (vf)__builtin_nanf(""), result);
}

// log(1 + x) for 0 <= x <= 1, without losing what 1 + x rounds away.
CK_INLINE vf log_one_plus_(vf x) {
  vf whole = 1.0f + x;
  return log_(whole) + (x - (whole - 1.0f)) / whole;
}

// tanh: Cephes' odd polynomial near zero, where 1 - 2 / (exp(2x) + 1) would cancel.
CK_INLINE vf tanh_(vf x) {
  vf size = abs_(x), square = x * x;
  vf p = -5.70498872745e-3f;
  p = fma_(p, square, (vf)2.06390887954e-2f);
  p = fma_(p, square, (vf)-5.37397155531e-2f);
  p = fma_(p, square, (vf)1.33314422036e-1f);
  p = fma_(p, square, (vf)-3.33332819422e-1f);
  vf near = fma_(p * square, x, x);
  vf far = 1.0f - 2.0f / (exp_(2.0f * size) + 1.0f);
  return select(size < 0.625f, near, (vf)((vi)far | ((vi)x & (vi)(vu)0x80000000u)));
}

CK_INLINE vf pointwise_(int32_t operation, float first, float second, vf x) {
  const vf zero = 0.0f;
  switch (operation) {
  case CK_POINTWISE_SQUARE_ROOT: return __builtin_elementwise_sqrt(x);
  case CK_POINTWISE_LOGARITHM: return log_(x);
  case CK_POINTWISE_ABSOLUTE: return abs_(x);
  case CK_POINTWISE_SQUARE: return x * x;
  case CK_POINTWISE_SIGMOID: return sigmoid_(x);
  case CK_POINTWISE_TANH: return tanh_(x);
  case CK_POINTWISE_LEAKY_RELU: return select(x > zero, x, x * first);
  case CK_POINTWISE_SOFTPLUS: return max_(x, zero) + log_one_plus_(exp_(-abs_(x)));
  case CK_POINTWISE_CLAMP: return min_(max_(x, (vf)first), (vf)second);
  default: return x;
  }
}

// The slope, from the value that the forward pass keeps: the result for the square root, the
// sigmoid and tanh, the argument for the others.
CK_INLINE vf pointwise_slope_(int32_t operation, float first, float second, vf kept) {
  const vf zero = 0.0f, one = 1.0f;
  switch (operation) {
  case CK_POINTWISE_SQUARE_ROOT: return 0.5f / kept;
  case CK_POINTWISE_LOGARITHM: return 1.0f / kept;
  case CK_POINTWISE_ABSOLUTE:
    return select(kept > zero, one, select(kept < zero, -one, zero));
  case CK_POINTWISE_SQUARE: return 2.0f * kept;
  case CK_POINTWISE_SIGMOID: return kept * (1.0f - kept);
  case CK_POINTWISE_TANH: return (1.0f - kept) * (1.0f + kept);
  case CK_POINTWISE_LEAKY_RELU: return select(kept > zero, one, (vf)first);
  case CK_POINTWISE_SOFTPLUS: return sigmoid_(kept);
  case CK_POINTWISE_CLAMP:
    return select((kept >= (vf)first) & (kept <= (vf)second), one, zero);
  default: return one;
  }
}

CK_INLINE void pointwise_as(int32_t operation, float first, float second, const float *x,
                            float *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH)
    store(out + i, pointwise_(operation, first, second, load(x + i)));
  if (i < n)
    store_tail(out + i, pointwise_(operation, first, second, load_tail(x + i, n - i)), n - i);
}

CK_INLINE void pointwise_gradient_as(int32_t operation, float first, float second,
                                     const float *kept, const float *gradient, float *out,
                                     ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH)
    store(out + i,
          load(gradient + i) * pointwise_slope_(operation, first, second, load(kept + i)));
  if (i < n)
    store_tail(out + i,
               load_tail(gradient + i, n - i) *
                   pointwise_slope_(operation, first, second, load_tail(kept + i, n - i)),
               n - i);
}

#define CK_EACH_POINTWISE(CALL)                                     \
  switch (operation) {                                              \
  case CK_POINTWISE_SQUARE_ROOT: CALL(CK_POINTWISE_SQUARE_ROOT);    \
    break;                                                          \
  case CK_POINTWISE_LOGARITHM: CALL(CK_POINTWISE_LOGARITHM); break; \
  case CK_POINTWISE_ABSOLUTE: CALL(CK_POINTWISE_ABSOLUTE); break;   \
  case CK_POINTWISE_SQUARE: CALL(CK_POINTWISE_SQUARE); break;       \
  case CK_POINTWISE_SIGMOID: CALL(CK_POINTWISE_SIGMOID); break;     \
  case CK_POINTWISE_TANH: CALL(CK_POINTWISE_TANH); break;           \
  case CK_POINTWISE_LEAKY_RELU: CALL(CK_POINTWISE_LEAKY_RELU);      \
    break;                                                          \
  case CK_POINTWISE_SOFTPLUS: CALL(CK_POINTWISE_SOFTPLUS); break;   \
  case CK_POINTWISE_CLAMP: CALL(CK_POINTWISE_CLAMP); break;         \
  }

static void pointwise(int32_t operation, float first, float second, const float *x, float *out,
                      ptrdiff_t n) {
#define CK_CALL(O) pointwise_as(O, first, second, x, out, n)
  CK_EACH_POINTWISE(CK_CALL)
#undef CK_CALL
}

static void pointwise_gradient(int32_t operation, float first, float second, const float *kept,
                               const float *gradient, float *out, ptrdiff_t n) {
#define CK_CALL(O) pointwise_gradient_as(O, first, second, kept, gradient, out, n)
  CK_EACH_POINTWISE(CK_CALL)
#undef CK_CALL
}

// Which of two values is the larger: 1 for the first, 0 for the second, a half for both.
CK_INLINE vf share_(vf a, vf b) {
  return select(a > b, (vf)1.0f, select(a == b, (vf)0.5f, (vf)0.0f));
}

CK_MAP2(maximum, max_(a, b))
CK_MAP2(minimum, min_(a, b))
CK_MAP2(larger_share, share_(a, b))
