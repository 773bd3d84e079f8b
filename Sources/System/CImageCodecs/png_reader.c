#include "shared.h"

#include <png.h>
#include <stdlib.h>

struct be_png_reader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, position;
  be_image_header header;
  be_status status;  // of the last failure
  char message[200];
  size_t row_bytes;
  uint32_t next_row;
  uint8_t *frame;       // the whole picture, when interlaced
  png_bytep *row_list;  // its rows
};

static void on_error(png_structp png, png_const_charp message) {
  be_png_reader *reader = png_get_error_ptr(png);
  if (reader->status == BE_OK)
    reader->status = strstr(message, "memory") ? BE_NO_MEMORY : BE_DAMAGED;
  snprintf(reader->message, sizeof reader->message, "%s", message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  be_png_reader *reader = png_get_error_ptr(png);
  if (strncmp(message, "iCCP", 4) == 0) reader->header.icc_refused = 1;
}

static void on_read(png_structp png, png_bytep target, size_t count) {
  be_png_reader *reader = png_get_io_ptr(png);
  if (count > reader->count - reader->position) {
    reader->status = BE_TRUNCATED;
    png_error(png, "the file ends early");
  }
  memcpy(target, reader->bytes + reader->position, count);
  reader->position += count;
}

static be_status report(be_png_reader *reader, be_error *error) {
  if (reader->status == BE_OK) reader->status = BE_DAMAGED;
  return be_fail(error, reader->status, reader->message);
}

static void read_colour_chunks(be_png_reader *reader) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  be_image_header *header = &reader->header;
  png_charp name;
  int compression, intent;
  png_bytep profile;
  png_uint_32 profile_count;
  if (png_get_iCCP(png, info, &name, &compression, &profile, &profile_count) & PNG_INFO_iCCP) {
    header->icc = profile;
    header->icc_count = profile_count;
    header->icc_refused = 0;  // it was only a remark
  }
  header->srgb_intent = png_get_sRGB(png, info, &intent) ? intent : -1;
  png_fixed_point gamma;
  // libpng adds the gAMA and cHRM that an sRGB chunk implies.
  if (png_get_valid(png, info, PNG_INFO_gAMA) && png_get_gAMA_fixed(png, info, &gamma)) {
    header->has_gamma = 1;
    header->gamma = gamma;
  }
  png_fixed_point c[8];
  if (png_get_valid(png, info, PNG_INFO_cHRM) &&
      png_get_cHRM_fixed(png, info, &c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7])) {
    header->has_chromaticities = 1;
    for (int i = 0; i < 8; i++) header->chromaticities[i] = c[i];
  }
#ifdef PNG_eXIf_SUPPORTED
  png_uint_32 exif_count;
  png_bytep exif;
  if (png_get_eXIf_1(png, info, &exif_count, &exif) & PNG_INFO_eXIf) {
    header->exif = exif;
    header->exif_count = exif_count;
  }
#endif
}

/// Leaves a picture beyond the limits alone: getting ready to read it would take a row's memory.
static void read_header(be_png_reader *reader, uint64_t pixel_limit, uint32_t side_limit) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  png_read_info(png, info);
  be_image_header *header = &reader->header;
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  if (header->width > side_limit || (uint64_t)header->width * header->height > pixel_limit) return;
  header->is_interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  read_colour_chunks(reader);
  // No gamma call anywhere: samples pass as they are stored. expand: palette to RGB, grey
  // below 8 bits to 8, tRNS to alpha.
  png_set_expand(png);
  const uint16_t probe = 1;
  if (*(const uint8_t *)&probe == 1) png_set_swap(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  header->channels = png_get_channels(png, info);
  header->depth = png_get_bit_depth(png, info);
  reader->row_bytes = png_get_rowbytes(png, info);
}

/// Whether every chunk before the pixels lies within the file. libpng takes the memory of some, as much
/// as they claim to have, before it reads them; the pixels it reads piece by piece.
static int chunks_fit(const uint8_t *bytes, size_t count) {
  size_t position = 8;  // behind the signature
  while (position <= count && count - position >= 8) {
    const uint8_t *head = bytes + position;
    size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (memcmp(head + 4, "IDAT", 4) == 0) return 1;
    if (length > count - position - 8) return 0;
    position += length + 12;  // length, type and checksum
  }
  return 1;
}

be_png_reader *be_png_open(
    const uint8_t *bytes, size_t count, size_t chunk_limit, uint64_t pixel_limit,
    uint32_t side_limit, be_error *error) {
  if (!chunks_fit(bytes, count)) {
    be_fail(error, BE_TRUNCATED, "a chunk claims more bytes than the file has");
    return NULL;
  }
  be_png_reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    be_fail(error, BE_NO_MEMORY, "no memory for a PNG reader");
    return NULL;
  }
  reader->bytes = bytes;
  reader->count = count;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
  reader->info = reader->png ? png_create_info_struct(reader->png) : NULL;
  if (!reader->info) {
    be_png_close(reader);
    be_fail(error, BE_NO_MEMORY, "no memory for a PNG reader");
    return NULL;
  }
  if (setjmp(png_jmpbuf(reader->png))) {
    report(reader, error);
    be_png_close(reader);
    return NULL;
  }
  png_set_read_fn(reader->png, reader, on_read);
  png_set_user_limits(reader->png, 0x7fffffff, 0x7fffffff);  // pixels are the caller's to judge
  png_set_chunk_malloc_max(reader->png, chunk_limit);
  png_set_chunk_cache_max(reader->png, 1000);
  png_set_crc_action(reader->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
#ifdef PNG_SKIP_sRGB_CHECK_PROFILE
  png_set_option(reader->png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
#endif
  read_header(reader, pixel_limit, side_limit);
  return reader;
}

const be_image_header *be_png_header(const be_png_reader *reader) { return &reader->header; }

static be_status read_interlaced_frame(be_png_reader *reader, be_error *error) {
  size_t height = reader->header.height;
  if (reader->row_bytes > SIZE_MAX / height)
    return be_fail(error, BE_NO_MEMORY, "the interlaced picture does not fit into memory");
  reader->frame = malloc(reader->row_bytes * height);
  reader->row_list = malloc(height * sizeof(png_bytep));
  if (!reader->frame || !reader->row_list)
    return be_fail(error, BE_NO_MEMORY, "the interlaced picture does not fit into memory");
  for (size_t y = 0; y < height; y++) reader->row_list[y] = reader->frame + y * reader->row_bytes;
  if (setjmp(png_jmpbuf(reader->png))) return report(reader, error);
  png_read_image(reader->png, reader->row_list);
  png_read_end(reader->png, NULL);
  return BE_OK;
}

static be_status read_progressively(
    be_png_reader *reader, uint8_t *rows, size_t row_bytes, uint32_t count, be_error *error) {
  if (setjmp(png_jmpbuf(reader->png))) return report(reader, error);
  for (uint32_t i = 0; i < count; i++) png_read_row(reader->png, rows + i * row_bytes, NULL);
  if (reader->next_row + count == reader->header.height) png_read_end(reader->png, NULL);
  return BE_OK;
}

be_status be_png_read_rows(
    be_png_reader *reader, uint8_t *rows, size_t row_bytes, uint32_t count, be_error *error) {
  if (reader->status != BE_OK) return report(reader, error);
  if (row_bytes < reader->row_bytes || count > reader->header.height - reader->next_row)
    return be_fail(error, BE_BAD_CALL, "rows beyond the picture were asked for");
  be_status status = BE_OK;
  if (reader->header.is_interlaced) {
    if (!reader->frame) status = read_interlaced_frame(reader, error);
    for (uint32_t i = 0; i < count && status == BE_OK; i++)
      memcpy(rows + i * row_bytes, reader->row_list[reader->next_row + i], reader->row_bytes);
  } else {
    status = read_progressively(reader, rows, row_bytes, count, error);
  }
  if (status == BE_OK) reader->next_row += count;
  else reader->status = status;
  return status;
}

void be_png_close(be_png_reader *reader) {
  if (!reader) return;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader->frame);
  free(reader->row_list);
  free(reader);
}
