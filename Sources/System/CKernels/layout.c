#include <string.h>

#include "CKernels.h"

// One patch row: kernel_width * channels inputs of one input line, zeros where it leaves the line.
static void patch_line(const float *line, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t start,
                       ptrdiff_t kernel_width, float *out) {
  ptrdiff_t before = start < 0 ? -start : 0;
  if (before > kernel_width) before = kernel_width;
  ptrdiff_t end = start + kernel_width;
  ptrdiff_t after = end > width ? end - width : 0;
  if (after > kernel_width - before) after = kernel_width - before;
  ptrdiff_t inside = kernel_width - before - after;
  size_t pixel = (size_t)channels * sizeof(float);
  if (before > 0) memset(out, 0, (size_t)before * pixel);
  if (inside > 0)
    memcpy(out + before * channels, line + (start + before) * channels, (size_t)inside * pixel);
  if (after > 0) memset(out + (before + inside) * channels, 0, (size_t)after * pixel);
}

void ck_patches(const float *x, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels,
                ptrdiff_t kernel_height, ptrdiff_t kernel_width, ptrdiff_t stride, ptrdiff_t top,
                ptrdiff_t left, ptrdiff_t out_width, ptrdiff_t first, ptrdiff_t rows, float *out) {
  ptrdiff_t line = kernel_width * channels;
  for (ptrdiff_t row = first; row < first + rows; row++) {
    ptrdiff_t y = row / out_width * stride - top, start = row % out_width * stride - left;
    for (ptrdiff_t k = 0; k < kernel_height; k++, out += line) {
      if (y + k < 0 || y + k >= height)
        memset(out, 0, (size_t)line * sizeof(float));
      else
        patch_line(x + (y + k) * width * channels, width, channels, start, kernel_width, out);
    }
  }
}

void ck_upsample_rows(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t first,
                      ptrdiff_t rows, float *out) {
  size_t pixel = (size_t)channels * sizeof(float);
  for (ptrdiff_t row = first; row < first + rows; row++) {
    const float *line = x + row / 2 * width * channels;
    for (ptrdiff_t column = 0; column < width; column++) {
      memcpy(out, line + column * channels, pixel);
      memcpy(out + channels, line + column * channels, pixel);
      out += 2 * channels;
    }
  }
}

typedef float four __attribute__((ext_vector_type(4)));

// A square of four by four values, its rows made columns.
static void transpose_square(const float *x, ptrdiff_t ld, float *out, ptrdiff_t out_ld) {
  four a, b, c, d;
  memcpy(&a, x, sizeof a);
  memcpy(&b, x + ld, sizeof b);
  memcpy(&c, x + 2 * ld, sizeof c);
  memcpy(&d, x + 3 * ld, sizeof d);
  four low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  four high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  four low2 = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  four high2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(low, low2, 0, 1, 4, 5);
  b = __builtin_shufflevector(low, low2, 2, 3, 6, 7);
  c = __builtin_shufflevector(high, high2, 0, 1, 4, 5);
  d = __builtin_shufflevector(high, high2, 2, 3, 6, 7);
  memcpy(out, &a, sizeof a);
  memcpy(out + out_ld, &b, sizeof b);
  memcpy(out + 2 * out_ld, &c, sizeof c);
  memcpy(out + 3 * out_ld, &d, sizeof d);
}

void ck_transpose(const float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t columns, float *out,
                  ptrdiff_t out_ld) {
  const ptrdiff_t block = 16;
  for (ptrdiff_t r = 0; r < rows; r += block)
    for (ptrdiff_t c = 0; c < columns; c += block) {
      ptrdiff_t last_row = rows - r < block ? rows : r + block;
      ptrdiff_t last_column = columns - c < block ? columns : c + block;
      ptrdiff_t i = r;
      for (; i + 4 <= last_row; i += 4) {
        ptrdiff_t j = c;
        for (; j + 4 <= last_column; j += 4)
          transpose_square(x + i * ld + j, ld, out + j * out_ld + i, out_ld);
        for (; j < last_column; j++)
          for (ptrdiff_t k = i; k < i + 4; k++) out[j * out_ld + k] = x[k * ld + j];
      }
      for (; i < last_row; i++)
        for (ptrdiff_t j = c; j < last_column; j++) out[j * out_ld + i] = x[i * ld + j];
    }
}
