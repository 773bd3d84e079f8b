#ifndef CTESTCERTIFICATES_H
#define CTESTCERTIFICATES_H

#include <stdint.h>

/* Certificates for tests, made by OpenSSL when a test runs; nothing of them is kept. */

struct test_certificate;

struct test_certificate_request {
  const char *name;
  /* OpenSSL's syntax, such as "DNS:localhost,IP:127.0.0.1"; NULL for none. */
  const char *alternative_names;
  /* Seconds from now. */
  int64_t valid_from;
  int64_t valid_until;
  int is_authority;
};

/* NULL as issuer: signed by itself. NULL is returned when OpenSSL refuses. */
struct test_certificate *test_certificate_make(const struct test_certificate_request *request,
                                               const struct test_certificate *issuer);
void test_certificate_destroy(struct test_certificate *certificate);

/* Writes PEM files; the key with a passphrase where there is one. Returns 1 or 0. */
int test_certificate_write(const struct test_certificate *certificate, const char *path);
int test_certificate_write_key(const struct test_certificate *certificate, const char *path,
                               const char *passphrase);

#endif
