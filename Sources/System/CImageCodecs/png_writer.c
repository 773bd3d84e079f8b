#include "shared.h"

#include <png.h>
#include <stdlib.h>

struct be_png_writer {
  png_structp png;
  png_infop info;
  uint8_t *bytes;
  size_t count, capacity;
  char message[200];
  int failed, started;
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
  png_set_compression_level(writer->png, options->compression);
  png_set_filter(writer->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB | PNG_FILTER_UP);
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

be_status be_png_write_rows(
    be_png_writer *writer, const uint8_t *rows, size_t row_bytes, uint32_t count,
    be_error *error) {
  if (writer->failed) return report(writer, error);
  if (setjmp(png_jmpbuf(writer->png))) return report(writer, error);
  if (!writer->started) {
    png_write_info(writer->png, writer->info);
    const uint16_t probe = 1;
    if (*(const uint8_t *)&probe == 1) png_set_swap(writer->png);
    writer->started = 1;
  }
  if (row_bytes < png_get_rowbytes(writer->png, writer->info))
    return be_fail(error, BE_BAD_CALL, "rows are shorter than the picture is wide");
  for (uint32_t i = 0; i < count; i++) png_write_row(writer->png, rows + i * row_bytes);
  return BE_OK;
}

be_status be_png_writer_finish(
    be_png_writer *writer, const uint8_t **bytes, size_t *count, be_error *error) {
  if (writer->failed) return report(writer, error);
  if (setjmp(png_jmpbuf(writer->png))) return report(writer, error);
  png_write_end(writer->png, NULL);
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
