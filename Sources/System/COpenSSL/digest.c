#include "byteedit_digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct byteedit_sha256 {
  EVP_MD_CTX *evp;
  int finished;
};

byteedit_sha256 *byteedit_sha256_create(void) {
  byteedit_sha256 *context = calloc(1, sizeof *context);
  if (context == NULL) return NULL;
  context->evp = EVP_MD_CTX_new();
  if (context->evp == NULL || EVP_DigestInit_ex(context->evp, EVP_sha256(), NULL) != 1) {
    byteedit_sha256_destroy(context);
    return NULL;
  }
  return context;
}

int byteedit_sha256_update(byteedit_sha256 *context, const void *bytes, size_t count) {
  if (context == NULL || context->finished) return 0;
  if (count == 0) return 1;
  return EVP_DigestUpdate(context->evp, bytes, count) == 1;
}

int byteedit_sha256_finish(byteedit_sha256 *context, uint8_t *digest) {
  if (context == NULL || context->finished) return 0;
  unsigned int written = 0;
  context->finished = 1;
  return EVP_DigestFinal_ex(context->evp, digest, &written) == 1 &&
         written == BYTEEDIT_SHA256_LENGTH;
}

void byteedit_sha256_destroy(byteedit_sha256 *context) {
  if (context == NULL) return;
  EVP_MD_CTX_free(context->evp);
  free(context);
}

int byteedit_equal(const void *left, const void *right, size_t count) {
  if (count == 0) return 1;
  return CRYPTO_memcmp(left, right, count) == 0;
}

const char *byteedit_openssl_version(void) { return OpenSSL_version(OPENSSL_VERSION); }
