// Safe faces of libpng, libjpeg and Little CMS: every longjmp ends inside these
// functions, every allocation is owned by the object that a *_close releases, and
// the caller sees a status and a message. Input bytes must outlive their reader.
#ifndef BYTEEDIT_IMAGE_CODECS_H
#define BYTEEDIT_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  BE_OK = 0,
  BE_DAMAGED = 1,
  BE_TRUNCATED = 2,
  BE_UNSUPPORTED = 3,
  BE_NO_MEMORY = 4,
  BE_BAD_CALL = 5,
} be_status;

typedef struct {
  be_status status;
  char message[200];
} be_error;

/// What the header says, before a pixel is decoded.
typedef struct {
  uint32_t width, height;   // as stored, before EXIF orientation
  int32_t channels;         // as delivered: 1 grey, 2 grey+alpha, 3 RGB, 4 RGBA (or CMYK)
  int32_t depth;            // as delivered: 8 or 16 bits
  int32_t is_cmyk;          // 4 channels of ink, 0 = none
  int32_t is_interlaced;    // interlaced or progressive: needs the whole picture in memory
  const uint8_t *icc;       // owned by the reader, or NULL
  size_t icc_count;
  int32_t icc_refused;      // a profile is there, but the codec would not take it
  const uint8_t *exif;      // TIFF structure, owned by the reader, or NULL
  size_t exif_count;
  int32_t has_gamma, has_chromaticities, srgb_intent;  // srgb_intent: -1 = no chunk
  int32_t gamma;            // PNG fixed point, 100000 = 1
  int32_t chromaticities[8];  // white, red, green, blue: x, y
} be_image_header;

typedef struct be_png_reader be_png_reader;
typedef struct be_jpeg_reader be_jpeg_reader;
typedef struct be_png_writer be_png_writer;
typedef struct be_jpeg_writer be_jpeg_writer;
typedef struct be_colour_transform be_colour_transform;

// MARK: Reading. open parses the header; read_rows delivers the next rows, native byte order.

/// chunk_limit bounds the memory of one ancillary chunk (profile, text) in bytes. Of a picture with
/// more pixels or a wider row than the limits only width and height are read: refuse it.
be_png_reader *be_png_open(
    const uint8_t *bytes, size_t count, size_t chunk_limit, uint64_t pixel_limit,
    uint32_t side_limit, be_error *error);
const be_image_header *be_png_header(const be_png_reader *reader);
be_status be_png_read_rows(
    be_png_reader *reader, uint8_t *rows, size_t row_bytes, uint32_t count, be_error *error);
void be_png_close(be_png_reader *reader);

/// memory_limit bounds what libjpeg allocates (progressive pictures); scan_limit the scans.
be_jpeg_reader *be_jpeg_open(
    const uint8_t *bytes, size_t count, size_t memory_limit, int32_t scan_limit, be_error *error);
const be_image_header *be_jpeg_header(const be_jpeg_reader *reader);
be_status be_jpeg_read_rows(
    be_jpeg_reader *reader, uint8_t *rows, size_t row_bytes, uint32_t count, be_error *error);
void be_jpeg_close(be_jpeg_reader *reader);

// MARK: Writing

typedef struct {
  uint32_t width, height;
  int32_t channels;         // 3 or 4 (JPEG: 3)
  int32_t depth;            // 8 or 16 (JPEG: 8)
  const uint8_t *icc;       // or NULL
  size_t icc_count;
  int32_t has_gamma, has_chromaticities, srgb_intent;
  int32_t gamma;
  int32_t chromaticities[8];
  int32_t compression;      // PNG: zlib level 0...9; 1 = runs only
  int32_t quality;          // JPEG: 1...100
  int32_t full_chroma;      // JPEG: 1 = 4:4:4, 0 = 4:2:0
} be_write_options;

be_png_writer *be_png_writer_open(const be_write_options *options, be_error *error);
/// Adds an uncompressed iTXt chunk; to be called before the first row.
be_status be_png_writer_text(
    be_png_writer *writer, const char *key, const char *utf8, be_error *error);
/// Rows of a picture as a part of a PNG's stream that was filtered and deflated by itself.
typedef struct {
  uint8_t *bytes;  // be_png_band_free frees them
  size_t count;
  uint64_t raw_count;  // before deflating, filter bytes included
  uint32_t adler;      // Adler-32 of what was deflated
  int32_t is_last;     // the stream ends with it
} be_png_band;

/// Deflates rows `first` to `first + count` of a picture in native byte order, row_bytes apart; it
/// needs no writer, and threads may deflate bands of one picture at the same time.
be_status be_png_deflate(
    const be_write_options *options, const uint8_t *picture, size_t row_bytes, uint32_t first,
    uint32_t count, be_png_band *band, be_error *error);
void be_png_band_free(be_png_band *band);
/// Bands from the first to the last.
be_status be_png_write_band(be_png_writer *writer, const be_png_band *band, be_error *error);
/// The finished file, owned by the writer.
be_status be_png_writer_finish(
    be_png_writer *writer, const uint8_t **bytes, size_t *count, be_error *error);
void be_png_writer_close(be_png_writer *writer);

be_jpeg_writer *be_jpeg_writer_open(const be_write_options *options, be_error *error);
/// Adds a marker segment (0xE1 = APP1, 0xFE = comment) of at most 65533 bytes before the first row.
be_status be_jpeg_writer_marker(
    be_jpeg_writer *writer, int32_t marker, const uint8_t *bytes, size_t count, be_error *error);
be_status be_jpeg_write_rows(
    be_jpeg_writer *writer, const uint8_t *rows, size_t row_bytes, uint32_t count, be_error *error);
be_status be_jpeg_writer_finish(
    be_jpeg_writer *writer, const uint8_t **bytes, size_t *count, be_error *error);
void be_jpeg_writer_close(be_jpeg_writer *writer);

// MARK: Colour

typedef enum {
  BE_SPACE_NONE = 0,  // not a profile that can be used
  BE_SPACE_GREY = 1,
  BE_SPACE_RGB = 3,
  BE_SPACE_CMYK = 4,
} be_colour_space;

typedef struct {
  be_colour_space space;
  int32_t has_alpha;  // copied through
  int32_t bits;       // 8, 16 or 32 (float 0...1)
} be_pixel_format;

/// The colour space of a profile that Little CMS can read, else BE_SPACE_NONE.
be_colour_space be_profile_space(const uint8_t *icc, size_t count);

/// NULL as profile is sRGB. Relative colorimetric with black point compensation.
be_colour_transform *be_transform_open(
    const uint8_t *from, size_t from_count, be_pixel_format from_format, const uint8_t *to,
    size_t to_count, be_pixel_format to_format);
void be_transform_run(
    const be_colour_transform *transform, const void *input, void *output, size_t pixels);
void be_transform_close(be_colour_transform *transform);

#endif
