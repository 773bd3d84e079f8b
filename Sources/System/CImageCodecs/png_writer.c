#include "shared.h"

#include <png.h>
#include <stdlib.h>
#include <zlib.h>

struct be_png_writer {
  png_structp png;
  png_infop info;
  uint8_t *bytes;
  size_t count, capacity;
  char message[200];
  int compression, failed, started, ended;
  uint32_t adler;
};

static void on_error(png_structp png, png_const_charp message) {
  be_png_writer *writer = png_get_error_ptr(png);
  writer->failed = 1;
  snprintf(writer->message, sizeof writer->message, "%s", message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void on_write(png_structp png, png_bytep source, size_t count) {
  be_png_writer *writer = png_get_io_ptr(png);
  if (count > writer->capacity - writer->count) {
    size_t capacity = writer->capacity + writer->capacity / 2 + count + 65536;
    uint8_t *grown = realloc(writer->bytes, capacity);
    if (!grown) png_error(png, "no memory for the encoded PNG");
    writer->bytes = grown;
    writer->capacity = capacity;
  }
  memcpy(writer->bytes + writer->count, source, count);
  writer->count += count;
}

static void on_flush(png_structp png) { (void)png; }

static be_status report(be_png_writer *writer, be_error *error) {
  return be_fail(error, BE_DAMAGED, writer->message);
}

static void describe_colour(be_png_writer *writer, const be_write_options *options) {
  png_structp png = writer->png;
  png_infop info = writer->info;
  const int32_t *c = options->chromaticities;
  if (options->icc) {
    png_set_iCCP(png, info, "icc", PNG_COMPRESSION_TYPE_BASE, options->icc,
                 (png_uint_32)options->icc_count);
  } else if (options->srgb_intent >= 0) {
    png_set_sRGB(png, info, options->srgb_intent);
  }
  if (options->has_gamma) png_set_gAMA_fixed(png, info, options->gamma);
  if (options->has_chromaticities)
    png_set_cHRM_fixed(png, info, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
}

be_png_writer *be_png_writer_open(const be_write_options *options, be_error *error) {
  be_png_writer *writer = calloc(1, sizeof *writer);
  if (writer)
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, on_error, on_warning);
  if (writer && writer->png) writer->info = png_create_info_struct(writer->png);
  if (!writer || !writer->info) {
    be_png_writer_close(writer);
    be_fail(error, BE_NO_MEMORY, "no memory for a PNG writer");
    return NULL;
  }
  if (setjmp(png_jmpbuf(writer->png))) {
    report(writer, error);
    be_png_writer_close(writer);
    return NULL;
  }
  png_set_write_fn(writer->png, writer, on_write, on_flush);
  png_set_user_limits(writer->png, 0x7fffffff, 0x7fffffff);
#ifdef PNG_SKIP_sRGB_CHECK_PROFILE
  png_set_option(writer->png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
#endif
  png_set_IHDR(writer->png, writer->info, options->width, options->height, options->depth,
               options->channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  describe_colour(writer, options);
  writer->compression = options->compression;
  writer->adler = 1;  // of nothing
  return writer;
}

be_status be_png_writer_text(
    be_png_writer *writer, const char *key, const char *utf8, be_error *error) {
  if (writer->failed || writer->started)
    return be_fail(error, BE_BAD_CALL, "text must come before the first row");
  if (setjmp(png_jmpbuf(writer->png))) return report(writer, error);
  png_text text = {0};
  text.compression = PNG_ITXT_COMPRESSION_NONE;
  text.key = (png_charp)key;
  text.text = (png_charp)utf8;
  text.itxt_length = strlen(utf8);
  text.lang = (png_charp) "";
  text.lang_key = (png_charp) "";
  png_set_text(writer->png, writer->info, &text, 1);
  return BE_OK;
}

// The two bytes before a deflated stream of zlib: a window of 32 KiB, and how hard was tried.
static void stream_header(int compression, uint8_t header[2]) {
  const int effort = compression < 2 ? 0 : compression < 6 ? 1 : compression == 6 ? 2 : 3;
  header[0] = 0x78;
  header[1] = (uint8_t)(effort << 6);
  header[1] += 31 - (header[0] * 256 + header[1]) % 31;
}

be_status be_png_write_band(be_png_writer *writer, const be_png_band *band, be_error *error) {
  if (writer->failed) return report(writer, error);
  if (writer->ended) return be_fail(error, BE_BAD_CALL, "the picture has its last rows already");
  if (setjmp(png_jmpbuf(writer->png))) return report(writer, error);
  const int is_first = !writer->started;
  if (is_first) {
    png_write_info(writer->png, writer->info);
    writer->started = 1;
  }
  writer->adler = (uint32_t)adler32_combine(writer->adler, band->adler, (z_off_t)band->raw_count);
  writer->ended = band->is_last;
  const size_t length = band->count + (is_first ? 2 : 0) + (band->is_last ? 4 : 0);
  if (length > 0x7fffffff) return be_fail(error, BE_BAD_CALL, "rows for more than one chunk");
  png_write_chunk_start(writer->png, (png_const_bytep) "IDAT", (png_uint_32)length);
  if (is_first) {
    uint8_t header[2];
    stream_header(writer->compression, header);
    png_write_chunk_data(writer->png, header, sizeof header);
  }
  png_write_chunk_data(writer->png, band->bytes, band->count);
  if (band->is_last) {
    const uint32_t sum = writer->adler;
    const uint8_t bytes[4] = {sum >> 24, sum >> 16, sum >> 8, sum};
    png_write_chunk_data(writer->png, bytes, sizeof bytes);
  }
  png_write_chunk_end(writer->png);
  return BE_OK;
}

be_status be_png_writer_finish(
    be_png_writer *writer, const uint8_t **bytes, size_t *count, be_error *error) {
  if (writer->failed) return report(writer, error);
  if (setjmp(png_jmpbuf(writer->png))) return report(writer, error);
  if (!writer->ended) return be_fail(error, BE_BAD_CALL, "the picture's last rows are missing");
  // png_write_end() would miss the chunks that it did not write itself.
  png_write_chunk(writer->png, (png_const_bytep) "IEND", NULL, 0);
  *bytes = writer->bytes;
  *count = writer->count;
  return BE_OK;
}

void be_png_writer_close(be_png_writer *writer) {
  if (!writer) return;
  png_destroy_write_struct(&writer->png, &writer->info);
  free(writer->bytes);
  free(writer);
}
