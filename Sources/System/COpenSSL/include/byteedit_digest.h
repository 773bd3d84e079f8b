#ifndef BYTEEDIT_DIGEST_H
#define BYTEEDIT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Streaming SHA-256 over OpenSSL's EVP interface: one context, fed any number of times. */

/* Bytes of a SHA-256 digest. */
#define BYTEEDIT_SHA256_LENGTH 32

typedef struct byteedit_sha256 byteedit_sha256;

/* A fresh context, or NULL when memory or the algorithm is not to be had. */
byteedit_sha256 *byteedit_sha256_create(void);

/* Feeds `count` bytes; returns 1, or 0 when OpenSSL refuses or the digest was finished already. */
int byteedit_sha256_update(byteedit_sha256 *context, const void *bytes, size_t count);

/* Writes the digest's 32 bytes; returns 1, or 0 as above. Afterwards only destroy is allowed. */
int byteedit_sha256_finish(byteedit_sha256 *context, uint8_t *digest);

/* Frees the context; NULL is allowed. */
void byteedit_sha256_destroy(byteedit_sha256 *context);

/* HMAC-SHA256 (RFC 2104, FIPS 198-1) of `count` bytes into 32; returns 1, or 0 when OpenSSL
   refuses. */
int byteedit_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count,
                         uint8_t *mac);

/* 1 when both hold the same `count` bytes, else 0, in a time that depends on `count` alone. */
int byteedit_equal(const void *left, const void *right, size_t count);

/* The version of the library that runs, for example "OpenSSL 3.0.15 3 Sep 2024"; static text. */
const char *byteedit_openssl_version(void);

#endif
