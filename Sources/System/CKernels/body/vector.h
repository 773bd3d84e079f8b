// The vector vocabulary of the kernel bodies. Expects CK_WIDTH (lanes), CK_FMA (0 or 1) and
// CK_HALF (whether the set converts half precision in hardware).
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

typedef float vf __attribute__((ext_vector_type(CK_WIDTH)));
typedef int32_t vi __attribute__((ext_vector_type(CK_WIDTH)));
typedef uint32_t vu __attribute__((ext_vector_type(CK_WIDTH)));
typedef uint16_t vh __attribute__((ext_vector_type(CK_WIDTH)));
typedef double vd __attribute__((ext_vector_type(CK_WIDTH)));

#define CK_INLINE static inline __attribute__((always_inline, unused))

CK_INLINE vf load(const float *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

CK_INLINE void store(float *p, vf v) { memcpy(p, &v, sizeof v); }

// The last n < CK_WIDTH values of a row, zeros behind them: tails pass through the same vector
// operations, so a value's bits do not depend on where in a row it stands.
CK_INLINE vf load_tail(const float *p, ptrdiff_t n) {
  float lanes[CK_WIDTH] = {0};
  for (ptrdiff_t i = 0; i < n; i++) lanes[i] = p[i];
  return load(lanes);
}

CK_INLINE void store_tail(float *p, vf v, ptrdiff_t n) {
  float lanes[CK_WIDTH];
  store(lanes, v);
  for (ptrdiff_t i = 0; i < n; i++) p[i] = lanes[i];
}

CK_INLINE vf fma_(vf a, vf b, vf c) {
#if CK_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

CK_INLINE vf select(vi mask, vf yes, vf no) {
  return (vf)(((vi)yes & mask) | ((vi)no & ~mask));
}

CK_INLINE vf max_(vf a, vf b) { return select(a > b, a, b); }
CK_INLINE vf min_(vf a, vf b) { return select(a < b, a, b); }
CK_INLINE vf abs_(vf a) { return (vf)((vi)a & 0x7fffffff); }

CK_INLINE float reduce_add(vf v) {
  float lanes[CK_WIDTH];
  store(lanes, v);
  for (int width = CK_WIDTH / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
  return lanes[0];
}

CK_INLINE float reduce_max(vf v) {
  float lanes[CK_WIDTH];
  store(lanes, v);
  for (int width = CK_WIDTH / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++)
      lanes[i] = lanes[i] > lanes[i + width] ? lanes[i] : lanes[i + width];
  return lanes[0];
}

CK_INLINE double reduce_add_double(const vd *v) {
  double lanes[CK_WIDTH];
  memcpy(lanes, v, sizeof lanes);
  for (int width = CK_WIDTH / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
  return lanes[0];
}

// exp: range reduction by ln 2 and a degree 6 Chebyshev fit on [-ln2/2, ln2/2] (error 3e-9), exact
// zero below -87.3.
CK_INLINE vf exp_(vf x) {
  const vf magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  const vf low = -87.33654f;
  vf clamped = min_(x, (vf)88.3762f);
  vf shifted = fma_(clamped, (vf)1.44269504f, magic);
  vf n = shifted - magic;
  vf r = fma_(n, (vf)-0.693145752f, clamped);
  r = fma_(n, (vf)-1.42860677e-6f, r);
  vf p = 1.394858082e-03f;
  p = fma_(p, r, (vf)8.375128890e-03f);
  p = fma_(p, r, (vf)4.166621827e-02f);
  p = fma_(p, r, (vf)1.666641548e-01f);
  p = fma_(p, r, (vf)5.000000108e-01f);
  p = fma_(p, r, (vf)1.0f);
  p = fma_(p, r, (vf)1.0f);
  vi exponent = ((vi)shifted + (127 - 0x4b400000)) << 23;
  return select(x < low, (vf)0.0f, p * (vf)exponent);
}

CK_INLINE vf sigmoid_(vf x) { return 1.0f / (1.0f + exp_(-x)); }

// The normal distribution function, 1/2 erfc(-x / sqrt 2): erfc(t) = exp(-t^2) y P(y) with
// y = 1 / (1 + t / 2), P a Chebyshev fit of degree 9 (error 4e-8); relative error stays small in
// the far negative tail, where 1 + erf would cancel.
CK_INLINE vf normal_distribution_(vf x) {
  vf t = abs_(x) * 0.707106781f;
  vf y = 1.0f / fma_(t, (vf)0.5f, (vf)1.0f);
  vf p = 1.741728232e-02f;
  p = fma_(p, y, (vf)-1.497589748e-01f);
  p = fma_(p, y, (vf)4.877500108e-01f);
  p = fma_(p, y, (vf)-7.434302033e-01f);
  p = fma_(p, y, (vf)4.778470380e-01f);
  p = fma_(p, y, (vf)-1.261377678e-01f);
  p = fma_(p, y, (vf)2.342407954e-01f);
  p = fma_(p, y, (vf)2.369822846e-01f);
  p = fma_(p, y, (vf)2.830328582e-01f);
  p = fma_(p, y, (vf)2.820566687e-01f);
  vf tail = 0.5f * exp_(x * x * -0.5f) * y * p;
  return select(x < 0.0f, tail, 1.0f - tail);
}

CK_INLINE vf gelu_(vf x) { return x * normal_distribution_(x); }

CK_INLINE vf activate_(int32_t activation, vf x) {
  switch (activation) {
  case CK_ACTIVATION_SILU: return x * sigmoid_(x);
  case CK_ACTIVATION_GELU: return gelu_(x);
  case CK_ACTIVATION_QUICK_GELU: return x * sigmoid_(1.702f * x);
  case CK_ACTIVATION_RELU: return select(x < 0.0f, (vf)0.0f, x);
  default: return x;
  }
}

CK_INLINE vf activate_gradient_(int32_t activation, vf x) {
  switch (activation) {
  case CK_ACTIVATION_SILU: {
    vf s = sigmoid_(x);
    return s * fma_(x, 1.0f - s, (vf)1.0f);
  }
  case CK_ACTIVATION_GELU:
    return fma_(x * 0.398942280f, exp_(x * x * -0.5f), normal_distribution_(x));
  case CK_ACTIVATION_QUICK_GELU: {
    vf s = sigmoid_(1.702f * x);
    return s * fma_(1.702f * x, 1.0f - s, (vf)1.0f);
  }
  case CK_ACTIVATION_RELU: return select(x > 0.0f, (vf)1.0f, (vf)0.0f);
  default: return 1.0f;
  }
}
