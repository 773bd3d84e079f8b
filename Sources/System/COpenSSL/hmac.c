#include "byteedit_digest.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

int byteedit_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count,
                         uint8_t *mac) {
  static const uint8_t none = 0;
  unsigned int length = 0;
  if (key_count > INT_MAX) return 0;
  return HMAC(EVP_sha256(), key == NULL ? &none : key, (int)key_count,
              bytes == NULL ? &none : bytes, count, mac, &length) != NULL &&
         length == 32;
}
