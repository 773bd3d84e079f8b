#include "shared.h"

#include <lcms2.h>
#include <stdlib.h>

struct be_colour_transform {
  cmsContext context;
  cmsHTRANSFORM transform;
};

static void on_error(cmsContext context, cmsUInt32Number code, const char *text) {
  (void)context;
  (void)code;
  (void)text;
}

static cmsContext open_context(void) {
  cmsContext context = cmsCreateContext(NULL, NULL);
  if (context) cmsSetLogErrorHandlerTHR(context, on_error);
  return context;
}

static cmsHPROFILE open_profile(cmsContext context, const uint8_t *icc, size_t count) {
  if (!icc) return cmsCreate_sRGBProfileTHR(context);
  if (count > 0x7fffffff) return NULL;
  return cmsOpenProfileFromMemTHR(context, icc, (cmsUInt32Number)count);
}

static be_colour_space space_of(cmsHPROFILE profile) {
  switch (cmsGetDeviceClass(profile)) {
    case cmsSigLinkClass:
    case cmsSigAbstractClass:
    case cmsSigNamedColorClass: return BE_SPACE_NONE;
    default: break;
  }
  switch (cmsGetColorSpace(profile)) {
    case cmsSigGrayData: return BE_SPACE_GREY;
    case cmsSigRgbData: return BE_SPACE_RGB;
    case cmsSigCmykData: return BE_SPACE_CMYK;
    default: return BE_SPACE_NONE;
  }
}

be_colour_space be_profile_space(const uint8_t *icc, size_t count) {
  cmsContext context = open_context();
  if (!context) return BE_SPACE_NONE;
  be_colour_space space = BE_SPACE_NONE;
  cmsHPROFILE profile = icc ? open_profile(context, icc, count) : NULL;
  if (profile) {
    space = space_of(profile);
    cmsCloseProfile(profile);
  }
  cmsDeleteContext(context);
  return space;
}

static cmsUInt32Number format_code(be_pixel_format format) {
  cmsUInt32Number space = PT_RGB, channels = 3;
  if (format.space == BE_SPACE_GREY) space = PT_GRAY, channels = 1;
  if (format.space == BE_SPACE_CMYK) space = PT_CMYK, channels = 4;
  return COLORSPACE_SH(space) | CHANNELS_SH(channels) | EXTRA_SH(format.has_alpha ? 1 : 0) |
         BYTES_SH((cmsUInt32Number)format.bits / 8) | FLOAT_SH(format.bits == 32 ? 1 : 0);
}

be_colour_transform *be_transform_open(
    const uint8_t *from, size_t from_count, be_pixel_format from_format, const uint8_t *to,
    size_t to_count, be_pixel_format to_format) {
  be_colour_transform *result = calloc(1, sizeof *result);
  if (!result) return NULL;
  result->context = open_context();
  cmsHPROFILE source = NULL, target = NULL;
  if (result->context) {
    source = open_profile(result->context, from, from_count);
    target = open_profile(result->context, to, to_count);
  }
  if (source && target && space_of(source) == from_format.space &&
      space_of(target) == to_format.space) {
    cmsUInt32Number flags =
        cmsFLAGS_NOCACHE | cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_HIGHRESPRECALC;
    if (from_format.has_alpha && to_format.has_alpha) flags |= cmsFLAGS_COPY_ALPHA;
    result->transform = cmsCreateTransformTHR(
        result->context, source, format_code(from_format), target, format_code(to_format),
        INTENT_RELATIVE_COLORIMETRIC, flags);
  }
  if (source) cmsCloseProfile(source);
  if (target) cmsCloseProfile(target);
  if (!result->transform) {
    be_transform_close(result);
    return NULL;
  }
  return result;
}

void be_transform_run(
    const be_colour_transform *transform, const void *input, void *output, size_t pixels) {
  const size_t block = 1u << 24;
  const cmsUInt32Number in_format = cmsGetTransformInputFormat(transform->transform);
  const cmsUInt32Number out_format = cmsGetTransformOutputFormat(transform->transform);
  const size_t in_size = (T_CHANNELS(in_format) + T_EXTRA(in_format)) * T_BYTES(in_format);
  const size_t out_size = (T_CHANNELS(out_format) + T_EXTRA(out_format)) * T_BYTES(out_format);
  for (size_t done = 0; done < pixels; done += block) {
    size_t count = pixels - done < block ? pixels - done : block;
    cmsDoTransform(transform->transform, (const uint8_t *)input + done * in_size,
                   (uint8_t *)output + done * out_size, (cmsUInt32Number)count);
  }
}

void be_transform_close(be_colour_transform *transform) {
  if (!transform) return;
  if (transform->transform) cmsDeleteTransform(transform->transform);
  if (transform->context) cmsDeleteContext(transform->context);
  free(transform);
}
