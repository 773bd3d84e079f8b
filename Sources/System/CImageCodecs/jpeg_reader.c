#include "shared.h"

#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>

struct be_jpeg_reader {
  struct jpeg_decompress_struct jpeg;  // first, so that jpeg callbacks can find the reader
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  be_image_header header;
  be_status status;
  char message[200];
  int32_t scan_limit;
  JOCTET *icc;
  int inverted, started;
};

static be_jpeg_reader *owner(j_common_ptr jpeg) { return (be_jpeg_reader *)jpeg; }

static void leave(be_jpeg_reader *reader, be_status status, const char *message) {
  reader->status = status;
  snprintf(reader->message, sizeof reader->message, "%s", message);
  longjmp(reader->escape, 1);
}

static void on_error(j_common_ptr jpeg) {
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  be_status status = BE_DAMAGED;
  switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: status = BE_NO_MEMORY; break;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_NOT_COMPILED: status = BE_UNSUPPORTED; break;
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY: status = BE_TRUNCATED; break;
    default: break;
  }
  leave(owner(jpeg), status, text);
}

/// A warning of libjpeg means pixels it had to invent; only a few kinds are harmless.
static void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  char text[JMSG_LENGTH_MAX];
  switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF: leave(owner(jpeg), BE_TRUNCATED, "the file ends early"); return;
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
#ifdef JPEG_LIB_VERSION
    case JWRN_BOGUS_ICC:
#endif
      if (++jpeg->err->num_warnings <= 100) return;
      break;
    default: break;
  }
  jpeg->err->format_message(jpeg, text);
  leave(owner(jpeg), BE_DAMAGED, text);
}

static void on_progress(j_common_ptr jpeg) {
  be_jpeg_reader *reader = owner(jpeg);
  if (reader->jpeg.input_scan_number > reader->scan_limit)
    leave(reader, BE_DAMAGED, "too many scans");
}

static be_status report(be_jpeg_reader *reader, be_error *error) {
  return be_fail(error, reader->status, reader->message);
}

static void find_exif(be_jpeg_reader *reader) {
  static const char tag[6] = "Exif\0";
  for (jpeg_saved_marker_ptr m = reader->jpeg.marker_list; m; m = m->next)
    if (m->marker == JPEG_APP0 + 1 && m->data_length > 6 && memcmp(m->data, tag, 6) == 0) {
      reader->header.exif = m->data + 6;
      reader->header.exif_count = m->data_length - 6;
      return;
    }
}

static void read_header(be_jpeg_reader *reader) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_save_markers(jpeg, JPEG_APP0 + 2, 0xffff);
  jpeg_read_header(jpeg, TRUE);
  be_image_header *header = &reader->header;
  header->width = jpeg->image_width;
  header->height = jpeg->image_height;
  header->depth = 8;
  header->srgb_intent = -1;
  header->channels = jpeg->num_components;
  header->is_interlaced = jpeg->progressive_mode || jpeg_has_multiple_scans(jpeg);
  switch (jpeg->num_components) {
    case 1: jpeg->out_color_space = JCS_GRAYSCALE; break;
    case 3: jpeg->out_color_space = JCS_RGB; break;
    case 4:
      jpeg->out_color_space = JCS_CMYK;
      header->is_cmyk = 1;
      reader->inverted = jpeg->saw_Adobe_marker;  // Adobe stores 255 = no ink
      break;
    default: leave(reader, BE_UNSUPPORTED, "a JPEG of 2 or more than 4 components");
  }
  find_exif(reader);
  unsigned int icc_count = 0;
  if (jpeg_read_icc_profile(jpeg, &reader->icc, &icc_count)) {
    header->icc = reader->icc;
    header->icc_count = icc_count;
  }
}

be_jpeg_reader *be_jpeg_open(
    const uint8_t *bytes, size_t count, size_t memory_limit, int32_t scan_limit, be_error *error) {
  be_jpeg_reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    be_fail(error, BE_NO_MEMORY, "no memory for a JPEG reader");
    return NULL;
  }
  reader->scan_limit = scan_limit;
  reader->jpeg.err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = on_error;
  reader->errors.emit_message = on_message;
  if (setjmp(reader->escape)) {
    report(reader, error);
    be_jpeg_close(reader);
    return NULL;
  }
  jpeg_create_decompress(&reader->jpeg);
  reader->jpeg.mem->max_memory_to_use =
      memory_limit > 0x7fffffffffff ? 0x7fffffffffff : (long)memory_limit;
  reader->progress.progress_monitor = on_progress;
  reader->jpeg.progress = &reader->progress;
  jpeg_mem_src(&reader->jpeg, bytes, count);
  read_header(reader);
  return reader;
}

const be_image_header *be_jpeg_header(const be_jpeg_reader *reader) { return &reader->header; }

be_status be_jpeg_read_rows(
    be_jpeg_reader *reader, uint8_t *rows, size_t row_bytes, uint32_t count, be_error *error) {
  if (reader->status != BE_OK) return report(reader, error);
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  size_t needed = (size_t)reader->header.width * (size_t)reader->header.channels;
  if (setjmp(reader->escape)) return report(reader, error);
  if (!reader->started) {
    jpeg_start_decompress(jpeg);
    reader->started = 1;
  }
  if (row_bytes < needed || count > jpeg->output_height - jpeg->output_scanline)
    return be_fail(error, BE_BAD_CALL, "rows beyond the picture were asked for");
  for (uint32_t i = 0; i < count; i++) {
    JSAMPROW row = rows + i * row_bytes;
    if (jpeg_read_scanlines(jpeg, &row, 1) != 1)
      leave(reader, BE_TRUNCATED, "the file ends early");
    if (reader->inverted)
      for (size_t k = 0; k < needed; k++) row[k] = (uint8_t)(255 - row[k]);
  }
  return BE_OK;
}

void be_jpeg_close(be_jpeg_reader *reader) {
  if (!reader) return;
  jpeg_destroy_decompress(&reader->jpeg);
  free(reader->icc);
  free(reader);
}
