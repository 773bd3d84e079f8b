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

void ck_transpose(const float *x, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t columns, float *out,
                  ptrdiff_t out_ld) {
  const ptrdiff_t block = 16;
  for (ptrdiff_t r = 0; r < rows; r += block)
    for (ptrdiff_t c = 0; c < columns; c += block)
      for (ptrdiff_t i = r; i < rows && i < r + block; i++)
        for (ptrdiff_t j = c; j < columns && j < c + block; j++)
          out[j * out_ld + i] = x[i * ld + j];
}
