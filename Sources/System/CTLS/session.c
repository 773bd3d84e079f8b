#include "byteedit_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct byteedit_tls {
  SSL *ssl;
  /* Lent by the caller. */
  const uint8_t *input;
  size_t input_count;
  uint8_t *output;
  size_t output_count;
  size_t output_capacity;
};

/* MARK: The transport that OpenSSL reads from and writes to: this memory */

static int transport_read(BIO *bio, char *bytes, int capacity) {
  byteedit_tls *session = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (capacity <= 0) return 0;
  if (session->input_count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  size_t count = session->input_count < (size_t)capacity ? session->input_count : (size_t)capacity;
  memcpy(bytes, session->input, count);
  session->input += count;
  session->input_count -= count;
  return (int)count;
}

static int reserve(byteedit_tls *session, size_t count) {
  size_t needed = session->output_count + count;
  if (needed <= session->output_capacity) return 1;
  size_t capacity = session->output_capacity * 2 > needed ? session->output_capacity * 2 : needed;
  uint8_t *larger = realloc(session->output, capacity);
  if (larger == NULL) return 0;
  session->output = larger;
  session->output_capacity = capacity;
  return 1;
}

static int transport_write(BIO *bio, const char *bytes, int count) {
  byteedit_tls *session = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (count <= 0) return 0;
  if (!reserve(session, (size_t)count)) return -1;
  memcpy(session->output + session->output_count, bytes, (size_t)count);
  session->output_count += (size_t)count;
  return count;
}

static long transport_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio;
  (void)number;
  (void)pointer;
  return command == BIO_CTRL_FLUSH;
}

static int transport_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

static BIO_METHOD *transport;
static pthread_once_t transport_once = PTHREAD_ONCE_INIT;

static void make_transport(void) {
  BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "byteedit");
  if (method == NULL) return;
  BIO_meth_set_read(method, transport_read);
  BIO_meth_set_write(method, transport_write);
  BIO_meth_set_ctrl(method, transport_control);
  BIO_meth_set_create(method, transport_create);
  transport = method;
}

/* MARK: Sessions */

byteedit_tls *byteedit_tls_create(byteedit_tls_context *context, int is_server) {
  pthread_once(&transport_once, make_transport);
  byteedit_tls *session = calloc(1, sizeof *session);
  BIO *bio = transport == NULL ? NULL : BIO_new(transport);
  if (session != NULL && context != NULL) session->ssl = SSL_new(context);
  if (bio == NULL || session == NULL || session->ssl == NULL) {
    BIO_free(bio);
    byteedit_tls_destroy(session);
    return NULL;
  }
  BIO_set_data(bio, session);
  SSL_set_bio(session->ssl, bio, bio);
  if (is_server)
    SSL_set_accept_state(session->ssl);
  else
    SSL_set_connect_state(session->ssl);
  return session;
}

void byteedit_tls_destroy(byteedit_tls *session) {
  if (session == NULL) return;
  SSL_free(session->ssl);
  free(session->output);
  free(session);
}

int byteedit_tls_expect(byteedit_tls *session, const char *host) {
  ERR_clear_error();
  X509_VERIFY_PARAM *parameters = SSL_get0_param(session->ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1) return 1;
  ERR_clear_error();
  if (host[0] == 0) return 0;
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1 &&
         SSL_set_tlsext_host_name(session->ssl, host) == 1;
}

void byteedit_tls_feed(byteedit_tls *session, const void *bytes, size_t count) {
  session->input = bytes;
  session->input_count = count;
}

int byteedit_tls_handshake(byteedit_tls *session) {
  ERR_clear_error();
  int result = SSL_do_handshake(session->ssl);
  if (result == 1) return 1;
  return SSL_get_error(session->ssl, result) == SSL_ERROR_WANT_READ ? 0 : -1;
}

ssize_t byteedit_tls_read(byteedit_tls *session, void *bytes, size_t capacity) {
  ERR_clear_error();
  size_t count = 0;
  int result = SSL_read_ex(session->ssl, bytes, capacity, &count);
  if (result == 1) return (ssize_t)count;
  switch (SSL_get_error(session->ssl, result)) {
    case SSL_ERROR_WANT_READ: return BYTEEDIT_TLS_WANTS_MORE;
    case SSL_ERROR_ZERO_RETURN: return BYTEEDIT_TLS_ENDED;
    default: return BYTEEDIT_TLS_FAILED;
  }
}

int byteedit_tls_write(byteedit_tls *session, const void *bytes, size_t count) {
  if (count == 0) return 1;
  ERR_clear_error();
  size_t written = 0;
  return SSL_write_ex(session->ssl, bytes, count, &written) == 1 && written == count;
}

void byteedit_tls_renew_keys(byteedit_tls *session) {
  if (SSL_version(session->ssl) == TLS1_3_VERSION)
    SSL_key_update(session->ssl, SSL_KEY_UPDATE_REQUESTED);
}

void byteedit_tls_close(byteedit_tls *session) {
  ERR_clear_error();
  SSL_shutdown(session->ssl);
  ERR_clear_error();
}

size_t byteedit_tls_output(const byteedit_tls *session, const uint8_t **bytes) {
  *bytes = session->output;
  return session->output_count;
}

void byteedit_tls_drop_output(byteedit_tls *session) {
  session->output_count = 0;
  free(session->output);
  session->output = NULL;
  session->output_capacity = 0;
}

/* MARK: What is known of a session */

static int kind(const byteedit_tls *session, unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return BYTEEDIT_TLS_FAILURE_PROTOCOL;
  int reason = ERR_GET_REASON(error);
  if (reason >= SSL_AD_REASON_OFFSET) return BYTEEDIT_TLS_FAILURE_ALERT;
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH: return BYTEEDIT_TLS_FAILURE_VERSION;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return BYTEEDIT_TLS_FAILURE_NO_CERTIFICATE;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return SSL_get_verify_result(session->ssl) == X509_V_OK ? BYTEEDIT_TLS_FAILURE_PROTOCOL
                                                              : BYTEEDIT_TLS_FAILURE_CERTIFICATE;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_APPLICATION_PROTOCOL:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM: return BYTEEDIT_TLS_FAILURE_NOTHING_SHARED;
    default: return BYTEEDIT_TLS_FAILURE_PROTOCOL;
  }
}

int byteedit_tls_failure(byteedit_tls *session, char *text, size_t capacity) {
  unsigned long error = ERR_peek_error();
  int result = kind(session, error);
  const char *reason = result == BYTEEDIT_TLS_FAILURE_CERTIFICATE
                           ? X509_verify_cert_error_string(SSL_get_verify_result(session->ssl))
                           : ERR_reason_error_string(error);
  snprintf(text, capacity, "%s", reason == NULL ? "no reason given" : reason);
  ERR_clear_error();
  return result;
}

const char *byteedit_tls_version(const byteedit_tls *session) {
  return SSL_get_version(session->ssl);
}

const char *byteedit_tls_cipher(const byteedit_tls *session) {
  return SSL_get_cipher_name(session->ssl);
}

int byteedit_tls_is_resumed(const byteedit_tls *session) {
  return SSL_session_reused(session->ssl);
}

/* What the BIO holds, as one line: whoever makes a certificate chooses its bytes. */
static void copy_line(BIO *source, char *text, size_t capacity) {
  char *bytes = NULL;
  long count = BIO_get_mem_data(source, &bytes);
  size_t length = count < 0 ? 0 : (size_t)count;
  if (length >= capacity) length = capacity - 1;
  for (size_t i = 0; i < length; i++)
    text[i] = (unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7f ? '?' : bytes[i];
  text[length] = 0;
  BIO_free(source);
}

static void copy_subject(X509 *certificate, char *text, size_t capacity) {
  BIO *line = BIO_new(BIO_s_mem());
  if (line == NULL) return;
  X509_NAME_print_ex(line, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  copy_line(line, text, capacity);
}

static void copy_names(X509 *certificate, char *text, size_t capacity) {
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  BIO *line = BIO_new(BIO_s_mem());
  if (line == NULL) {
    GENERAL_NAMES_free(names);
    return;
  }
  for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
    if (i > 0) BIO_puts(line, ",");
    GENERAL_NAME_print(line, sk_GENERAL_NAME_value(names, i));
  }
  GENERAL_NAMES_free(names);
  copy_line(line, text, capacity);
}

int byteedit_tls_peer(const byteedit_tls *session, struct byteedit_tls_certificate *result) {
  X509 *certificate = SSL_get1_peer_certificate(session->ssl);
  if (certificate == NULL) return 0;
  memset(result, 0, sizeof *result);
  unsigned int length = 0;
  int done = X509_digest(certificate, EVP_sha256(), result->sha256, &length) == 1;
  copy_subject(certificate, result->subject, sizeof result->subject);
  copy_names(certificate, result->names, sizeof result->names);
  X509_free(certificate);
  ERR_clear_error();
  return done;
}
