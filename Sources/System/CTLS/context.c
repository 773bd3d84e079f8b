#define _GNU_SOURCE
#include "byteedit_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* RFC 7301: a length before each name. */
static const unsigned char protocols[] = "\x08http/1.1";
static const unsigned int protocols_length = sizeof protocols - 1;

/* A client that speaks only other protocols is refused (RFC 7301 section 3.2). */
static int select_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *length,
                           const unsigned char *offered, unsigned int offered_length,
                           void *unused) {
  (void)ssl;
  (void)unused;
  unsigned char *found = NULL;
  if (SSL_select_next_proto(&found, length, protocols, protocols_length, offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

static int configure(SSL_CTX *context, int is_server) {
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  /* Idle connections are many: they shall hold no record buffers. */
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  /* Tickets are kept by clients; a cache here would only grow. */
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) return 0;
  /* Forward secrecy and authenticated encryption alone; those of TLS 1.3 all are. */
  if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) return 0;
  if (SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1) return 0;
  if (!is_server) {
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    return SSL_CTX_set_alpn_protos(context, protocols, protocols_length) == 0;
  }
  SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
  SSL_CTX_set_num_tickets(context, 1);
  static const unsigned char name[] = "byteedit";
  return SSL_CTX_set_session_id_context(context, name, sizeof name - 1) == 1;
}

byteedit_tls_context *byteedit_tls_context_create(int is_server) {
  SSL_CTX *context = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
  if (context == NULL || configure(context, is_server)) return context;
  SSL_CTX_free(context);
  return NULL;
}

void byteedit_tls_context_destroy(byteedit_tls_context *context) { SSL_CTX_free(context); }

static BIO *text(const void *pem, size_t count) {
  ERR_clear_error();
  return count > INT32_MAX ? NULL : BIO_new_mem_buf(pem, (int)count);
}

/* Tells the end of a PEM text from a fault in it. */
static int ended(void) {
  unsigned long error = ERR_peek_last_error();
  if (ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE) return 0;
  ERR_clear_error();
  return 1;
}

/* Calls `take` for every certificate; it owns it when it returns 1. */
static int each_certificate(const void *pem, size_t count, byteedit_tls_context *context,
                            int (*take)(SSL_CTX *, X509 *, int index)) {
  BIO *source = text(pem, count);
  if (source == NULL) return BYTEEDIT_TLS_REFUSED;
  int index = 0, result = BYTEEDIT_TLS_OK;
  for (;;) {
    X509 *certificate = PEM_read_bio_X509(source, NULL, NULL, NULL);
    if (certificate == NULL) {
      if (!ended()) result = BYTEEDIT_TLS_REFUSED;
      break;
    }
    if (!take(context, certificate, index)) {
      X509_free(certificate);
      result = BYTEEDIT_TLS_REFUSED;
      break;
    }
    index += 1;
  }
  BIO_free(source);
  return result == BYTEEDIT_TLS_OK && index == 0 ? BYTEEDIT_TLS_MISSING : result;
}

static int take_own(SSL_CTX *context, X509 *certificate, int index) {
  if (index > 0) return SSL_CTX_add0_chain_cert(context, certificate) == 1;
  if (SSL_CTX_use_certificate(context, certificate) != 1) return 0;
  X509_free(certificate);
  return 1;
}

static int take_authority(SSL_CTX *context, X509 *certificate, int index) {
  (void)index;
  if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) != 1) return 0;
  if (SSL_CTX_add_client_CA(context, certificate) != 1) return 0;
  X509_free(certificate);
  return 1;
}

int byteedit_tls_context_certificate(byteedit_tls_context *context, const void *pem,
                                     size_t count) {
  return each_certificate(pem, count, context, take_own);
}

int byteedit_tls_context_trust(byteedit_tls_context *context, const void *pem, size_t count) {
  return each_certificate(pem, count, context, take_authority);
}

int byteedit_tls_context_trust_system(byteedit_tls_context *context) {
  return SSL_CTX_set_default_verify_paths(context) == 1 ? BYTEEDIT_TLS_OK : BYTEEDIT_TLS_REFUSED;
}

/* Nobody is there to ask. */
static int no_passphrase(char *buffer, int size, int writing, void *asked) {
  (void)buffer;
  (void)size;
  (void)writing;
  *(int *)asked = 1;
  return -1;
}

int byteedit_tls_context_key(byteedit_tls_context *context, const void *pem, size_t count) {
  /* OpenSSL's decoders do not tell a text without a key from one with a wrong key. */
  static const char label[] = "PRIVATE KEY-----";
  if (memmem(pem, count, label, sizeof label - 1) == NULL) return BYTEEDIT_TLS_MISSING;
  BIO *source = text(pem, count);
  if (source == NULL) return BYTEEDIT_TLS_REFUSED;
  int asked = 0;
  EVP_PKEY *key = PEM_read_bio_PrivateKey(source, NULL, no_passphrase, &asked);
  BIO_free(source);
  if (key == NULL) return asked ? BYTEEDIT_TLS_ENCRYPTED : BYTEEDIT_TLS_REFUSED;
  int result = BYTEEDIT_TLS_OK;
  X509 *certificate = SSL_CTX_get0_certificate(context);
  if (certificate == NULL || X509_check_private_key(certificate, key) != 1)
    result = BYTEEDIT_TLS_MISMATCH;
  else if (SSL_CTX_use_PrivateKey(context, key) != 1)
    result = BYTEEDIT_TLS_REFUSED;
  EVP_PKEY_free(key);
  return result;
}

void byteedit_tls_context_verify(byteedit_tls_context *context, int mode) {
  int flags = SSL_VERIFY_NONE;
  if (mode != BYTEEDIT_TLS_VERIFY_NONE) flags = SSL_VERIFY_PEER;
  if (mode == BYTEEDIT_TLS_VERIFY_REQUIRED) flags |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context, flags, NULL);
}

static int64_t expiry(const X509 *certificate) {
  struct tm time = {0};
  return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1 ? (int64_t)timegm(&time) : 0;
}

int64_t byteedit_tls_context_expiry(const byteedit_tls_context *context) {
  const X509 *certificate = SSL_CTX_get0_certificate(context);
  if (certificate == NULL) return 0;
  int64_t earliest = expiry(certificate);
  STACK_OF(X509) *chain = NULL;
  SSL_CTX_get0_chain_certs((SSL_CTX *)context, &chain);
  for (int i = 0; i < sk_X509_num(chain); i++) {
    int64_t next = expiry(sk_X509_value(chain, i));
    if (next < earliest) earliest = next;
  }
  return earliest;
}

void byteedit_tls_error(char *text, size_t capacity) {
  unsigned long error = ERR_peek_last_error();
  const char *reason = ERR_reason_error_string(error);
  snprintf(text, capacity, "%s", reason == NULL ? "no reason given" : reason);
  ERR_clear_error();
}
