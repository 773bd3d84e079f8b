// Half precision and bfloat16, round to nearest even.

CK_INLINE float half_bits_to_float(uint16_t h) {
  uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 0x1f, mantissa = h & 0x3ff;
  float result;
  if (exponent == 0) {
    result = (float)mantissa * 0x1p-24f;
    return sign ? -result : result;
  }
  uint32_t bits = sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) | mantissa << 13;
  memcpy(&result, &bits, sizeof result);
  return result;
}

CK_INLINE uint16_t float_to_half_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
  if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
  if (magnitude < 0x38800000) {  // subnormal: the float addition rounds for us
    float value;
    memcpy(&value, &magnitude, sizeof value);
    value += 0.5f;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)(sign | (bits - 0x3f000000));
  }
  return (uint16_t)(sign | ((magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13));
}

#if CK_HALF
typedef _Float16 vhalf __attribute__((ext_vector_type(CK_WIDTH)));
#endif

static void half_to_float(const uint16_t *x, float *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
#if CK_HALF
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) {
    vhalf h;
    memcpy(&h, x + i, sizeof h);
    store(out + i, __builtin_convertvector(h, vf));
  }
#endif
  for (; i < n; i++) out[i] = half_bits_to_float(x[i]);
}

static void float_to_half(const float *x, uint16_t *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
#if CK_HALF
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) {
    vhalf h = __builtin_convertvector(load(x + i), vhalf);
    memcpy(out + i, &h, sizeof h);
  }
#endif
  for (; i < n; i++) out[i] = float_to_half_bits(x[i]);
}

static void bfloat_to_float(const uint16_t *x, float *out, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) {
    vh h;
    memcpy(&h, x + i, sizeof h);
    store(out + i, (vf)(__builtin_convertvector(h, vu) << 16));
  }
  for (; i < n; i++) {
    uint32_t bits = (uint32_t)x[i] << 16;
    memcpy(out + i, &bits, sizeof bits);
  }
}

CK_INLINE uint16_t float_to_bfloat_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static void float_to_bfloat(const float *x, uint16_t *out, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) out[i] = float_to_bfloat_bits(x[i]);
}
