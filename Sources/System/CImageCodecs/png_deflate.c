#include "shared.h"

#include <stdlib.h>
#include <zlib.h>

// One row with its filter's number (4, Paeth: PNG 9.2) before it; `above` is NULL for the first row.
// Samples of one byte, big-endian ones of two: what is filtered are bytes, `step` to a pixel.
static void filter(
    const uint8_t *restrict row, const uint8_t *restrict above, size_t count, size_t step,
    uint8_t *restrict out) {
  *out++ = 4;
  for (size_t i = 0; i < step && i < count; i++) out[i] = row[i] - (above ? above[i] : 0);
  if (!above) {
    for (size_t i = step; i < count; i++) out[i] = row[i] - row[i - step];
    return;
  }
  for (size_t i = step; i < count; i++) {
    const int16_t a = row[i - step], b = above[i], c = above[i - step];
    const int16_t left = b > c ? b - c : c - b, up = a > c ? a - c : c - a;
    const int16_t both = (int16_t)(a + b - 2 * c), diagonal = both < 0 ? -both : both;
    const int16_t other = up <= diagonal ? b : c;
    out[i] = row[i] - (uint8_t)(left <= up && left <= diagonal ? a : other);
  }
}

// PNG's samples of 16 bits are big-endian.
static void swap_bytes(const uint8_t *restrict row, size_t count, uint8_t *restrict out) {
  for (size_t i = 0; i + 1 < count; i += 2) {
    out[i] = row[i + 1];
    out[i + 1] = row[i];
  }
}

typedef struct {
  const uint8_t *picture;
  size_t row_bytes, count, step;
  uint8_t *swapped[2];  // rows with an even and an odd number; NULL where none need it
} source;

static const uint8_t *row_at(const source *from, uint32_t y) {
  const uint8_t *row = from->picture + y * from->row_bytes;
  uint8_t *swapped = from->swapped[y & 1];
  if (!swapped) return row;
  swap_bytes(row, from->count, swapped);
  return swapped;
}

// Room for `more` bytes of output; 0 without memory.
static int make_room(z_stream *stream, be_png_band *band, size_t more) {
  const size_t used = stream->next_out ? (size_t)(stream->next_out - band->bytes) : 0;
  uint8_t *grown = realloc(band->bytes, used + more);
  if (!grown) return 0;
  band->bytes = grown;
  stream->next_out = grown + used;
  stream->avail_out = (uInt)more;
  return 1;
}

// Deflates what `stream` was given, up to a byte's end where `flush` asks for that.
static int push(z_stream *stream, be_png_band *band, int flush) {
  for (;;) {
    if (!stream->avail_out && !make_room(stream, band, 1 << 18)) return Z_MEM_ERROR;
    const int status = deflate(stream, flush);
    // Z_BUF_ERROR: there was nothing left to do.
    if (status == Z_STREAM_END || status == Z_BUF_ERROR) return Z_OK;
    if (status != Z_OK) return status;
    if (stream->avail_out) return Z_OK;
  }
}

static int deflate_rows(
    const source *from, uint32_t first, uint32_t count, uint8_t *line, z_stream *stream,
    be_png_band *band) {
  const uint8_t *above = first ? row_at(from, first - 1) : NULL;
  for (uint32_t y = first; y < first + count; y++) {
    const uint8_t *row = row_at(from, y);
    filter(row, above, from->count, from->step, line);
    above = row;
    band->adler = (uint32_t)adler32(band->adler, line, (uInt)from->count + 1);
    band->raw_count += from->count + 1;
    stream->next_in = line;
    stream->avail_in = (uInt)from->count + 1;
    const int status = push(stream, band, Z_NO_FLUSH);
    if (status != Z_OK) return status;
  }
  return push(stream, band, band->is_last ? Z_FINISH : Z_SYNC_FLUSH);
}

be_status be_png_deflate(
    const be_write_options *options, const uint8_t *picture, size_t row_bytes, uint32_t first,
    uint32_t count, be_png_band *band, be_error *error) {
  memset(band, 0, sizeof *band);
  const size_t step = (size_t)options->channels * (size_t)options->depth / 8;
  source from = {picture, row_bytes, step * options->width, step, {NULL, NULL}};
  if (!count || first >= options->height || count > options->height - first)
    return be_fail(error, BE_BAD_CALL, "the picture has no such rows");
  if (row_bytes < from.count || from.count > 0x7ffffffe)
    return be_fail(error, BE_BAD_CALL, "rows are not as long as the picture is wide");
  band->is_last = first + count == options->height;
  band->adler = 1;  // of nothing
  const uint16_t probe = 1;
  const int swaps = options->depth == 16 && *(const uint8_t *)&probe == 1;
  uint8_t *line = malloc((swaps ? 3 : 1) * (from.count + 1));
  if (line && swaps) {
    from.swapped[0] = line + from.count + 1;
    from.swapped[1] = from.swapped[0] + from.count;
  }
  // Measured on photographs: runs of Paeth residuals are as small as level 4 and take 40% of its
  // time.
  const int strategy = options->compression == 1 ? Z_RLE : Z_DEFAULT_STRATEGY;
  z_stream stream = {0};
  int status = line ? Z_OK : Z_MEM_ERROR;
  // Negative: without the header and the sum, of which the whole picture has one.
  if (status == Z_OK)
    status = deflateInit2(&stream, options->compression, Z_DEFLATED, -15, 8, strategy);
  if (status == Z_OK) {
    status = deflate_rows(&from, first, count, line, &stream, band);
    band->count = stream.next_out ? (size_t)(stream.next_out - band->bytes) : 0;
    deflateEnd(&stream);
  }
  free(line);
  if (status == Z_OK) return BE_OK;
  be_png_band_free(band);
  return status == Z_MEM_ERROR ? be_fail(error, BE_NO_MEMORY, "no memory for the encoded PNG")
                               : be_fail(error, BE_BAD_CALL, "zlib does not deflate the rows");
}

void be_png_band_free(be_png_band *band) {
  free(band->bytes);
  memset(band, 0, sizeof *band);
}
