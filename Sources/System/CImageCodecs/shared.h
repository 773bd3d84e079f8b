#ifndef BYTEEDIT_IMAGE_CODECS_SHARED_H
#define BYTEEDIT_IMAGE_CODECS_SHARED_H

#include "CImageCodecs.h"

#include <stdio.h>
#include <string.h>

static inline be_status be_fail(be_error *error, be_status status, const char *message) {
  if (error) {
    error->status = status;
    snprintf(error->message, sizeof error->message, "%s", message);
  }
  return status;
}

#endif
