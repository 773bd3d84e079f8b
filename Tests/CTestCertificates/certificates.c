#include "CTestCertificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct test_certificate {
  EVP_PKEY *key;
  X509 *x509;
};

static int extend(X509 *certificate, X509 *issuer, int kind, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
  if (extension == NULL) return 0;
  int done = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return done;
}

static int fill(struct test_certificate *made, const struct test_certificate_request *request,
                const struct test_certificate *issuer) {
  X509 *x509 = made->x509;
  int64_t serial = 0;
  RAND_bytes((unsigned char *)&serial, sizeof serial);
  X509_set_version(x509, 2);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(x509), serial & INT64_MAX);
  time_t now = time(NULL);
  ASN1_TIME_set(X509_getm_notBefore(x509), now + request->valid_from);
  ASN1_TIME_set(X509_getm_notAfter(x509), now + request->valid_until);
  X509_NAME *name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)request->name, -1,
                             -1, 0);
  X509 *above = issuer == NULL ? x509 : issuer->x509;
  X509_set_issuer_name(x509, X509_get_subject_name(above));
  X509_set_pubkey(x509, made->key);
  const char *constraint = request->is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE";
  if (!extend(x509, above, NID_basic_constraints, constraint)) return 0;
  if (!extend(x509, above, NID_subject_key_identifier, "hash")) return 0;
  if (request->alternative_names != NULL &&
      !extend(x509, above, NID_subject_alt_name, request->alternative_names))
    return 0;
  return X509_sign(x509, issuer == NULL ? made->key : issuer->key, EVP_sha256()) > 0;
}

struct test_certificate *test_certificate_make(const struct test_certificate_request *request,
                                               const struct test_certificate *issuer) {
  struct test_certificate *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->key = EVP_EC_gen("P-256");
  made->x509 = X509_new();
  if (made->key != NULL && made->x509 != NULL && fill(made, request, issuer)) return made;
  test_certificate_destroy(made);
  return NULL;
}

void test_certificate_destroy(struct test_certificate *certificate) {
  if (certificate == NULL) return;
  EVP_PKEY_free(certificate->key);
  X509_free(certificate->x509);
  free(certificate);
}

int test_certificate_write(const struct test_certificate *certificate, const char *path) {
  FILE *file = fopen(path, "w");
  if (file == NULL) return 0;
  int done = PEM_write_X509(file, certificate->x509);
  return fclose(file) == 0 && done;
}

int test_certificate_write_key(const struct test_certificate *certificate, const char *path,
                               const char *passphrase) {
  FILE *file = fopen(path, "w");
  if (file == NULL) return 0;
  const EVP_CIPHER *cipher = passphrase == NULL ? NULL : EVP_aes_256_cbc();
  int length = passphrase == NULL ? 0 : (int)strlen(passphrase);
  int done = PEM_write_PKCS8PrivateKey(file, certificate->key, cipher, passphrase, length, NULL,
                                       NULL);
  return fclose(file) == 0 && done;
}
