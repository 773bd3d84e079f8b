#include "shared.h"

#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>

struct be_jpeg_writer {
  struct jpeg_compress_struct jpeg;  // first, so that jpeg callbacks can find the writer
  struct jpeg_error_mgr errors;
  jmp_buf escape;
  char message[200];
  unsigned char *bytes;
  unsigned long count;
  int failed;
};

static void on_error(j_common_ptr jpeg) {
  be_jpeg_writer *writer = (be_jpeg_writer *)jpeg;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  writer->failed = 1;
  snprintf(writer->message, sizeof writer->message, "%s", text);
  longjmp(writer->escape, 1);
}

static void on_message(j_common_ptr jpeg, int level) {
  (void)jpeg;
  (void)level;
}

static be_status report(be_jpeg_writer *writer, be_error *error) {
  return be_fail(error, BE_DAMAGED, writer->message);
}

static void start(be_jpeg_writer *writer, const be_write_options *options) {
  struct jpeg_compress_struct *jpeg = &writer->jpeg;
  jpeg_create_compress(jpeg);
  jpeg_mem_dest(jpeg, &writer->bytes, &writer->count);
  jpeg->image_width = options->width;
  jpeg->image_height = options->height;
  jpeg->input_components = 3;
  jpeg->in_color_space = JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, options->quality, TRUE);
  jpeg->comp_info[0].h_samp_factor = options->full_chroma ? 1 : 2;
  jpeg->comp_info[0].v_samp_factor = options->full_chroma ? 1 : 2;
  jpeg_start_compress(jpeg, TRUE);
  if (options->icc && options->icc_count <= 0xffffffff)
    jpeg_write_icc_profile(jpeg, options->icc, (unsigned int)options->icc_count);
}

be_jpeg_writer *be_jpeg_writer_open(const be_write_options *options, be_error *error) {
  be_jpeg_writer *writer = calloc(1, sizeof *writer);
  if (!writer) {
    be_fail(error, BE_NO_MEMORY, "no memory for a JPEG writer");
    return NULL;
  }
  writer->jpeg.err = jpeg_std_error(&writer->errors);
  writer->errors.error_exit = on_error;
  writer->errors.emit_message = on_message;
  if (setjmp(writer->escape)) {
    report(writer, error);
    be_jpeg_writer_close(writer);
    return NULL;
  }
  start(writer, options);
  return writer;
}

be_status be_jpeg_writer_marker(
    be_jpeg_writer *writer, int32_t marker, const uint8_t *bytes, size_t count, be_error *error) {
  if (writer->failed) return report(writer, error);
  if (count > 65533) return be_fail(error, BE_BAD_CALL, "a JPEG marker holds 65533 bytes at most");
  if (setjmp(writer->escape)) return report(writer, error);
  jpeg_write_marker(&writer->jpeg, marker, bytes, (unsigned int)count);
  return BE_OK;
}

be_status be_jpeg_write_rows(
    be_jpeg_writer *writer, const uint8_t *rows, size_t row_bytes, uint32_t count,
    be_error *error) {
  if (writer->failed) return report(writer, error);
  if (row_bytes < (size_t)writer->jpeg.image_width * 3)
    return be_fail(error, BE_BAD_CALL, "rows are shorter than the picture is wide");
  if (setjmp(writer->escape)) return report(writer, error);
  for (uint32_t i = 0; i < count; i++) {
    JSAMPROW row = (JSAMPROW)(rows + i * row_bytes);
    jpeg_write_scanlines(&writer->jpeg, &row, 1);
  }
  return BE_OK;
}

be_status be_jpeg_writer_finish(
    be_jpeg_writer *writer, const uint8_t **bytes, size_t *count, be_error *error) {
  if (writer->failed) return report(writer, error);
  if (setjmp(writer->escape)) return report(writer, error);
  jpeg_finish_compress(&writer->jpeg);
  *bytes = writer->bytes;
  *count = writer->count;
  return BE_OK;
}

void be_jpeg_writer_close(be_jpeg_writer *writer) {
  if (!writer) return;
  jpeg_destroy_compress(&writer->jpeg);
  free(writer->bytes);
  free(writer);
}
