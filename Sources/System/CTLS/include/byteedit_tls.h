#ifndef BYTEEDIT_TLS_H
#define BYTEEDIT_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* TLS 1.2 and 1.3 by OpenSSL, without sockets: bytes of the peer are fed in, bytes for it are taken
 * out. A context is shared by threads once it is set up; a session belongs to one thread at a time. */

struct ssl_ctx_st;
typedef struct ssl_ctx_st byteedit_tls_context;
typedef struct byteedit_tls byteedit_tls;

/* MARK: Contexts */

/* What setting a context up came to. */
#define BYTEEDIT_TLS_OK 0
/* OpenSSL refused; byteedit_tls_error tells why. */
#define BYTEEDIT_TLS_REFUSED 1
/* The text holds no such PEM block. */
#define BYTEEDIT_TLS_MISSING 2
/* The key asks for a passphrase. */
#define BYTEEDIT_TLS_ENCRYPTED 3
/* The key is not the certificate's. */
#define BYTEEDIT_TLS_MISMATCH 4

/* Whether a server asks clients for certificates, or a client checks its server's. */
#define BYTEEDIT_TLS_VERIFY_NONE 0
#define BYTEEDIT_TLS_VERIFY_OPTIONAL 1
#define BYTEEDIT_TLS_VERIFY_REQUIRED 2

/* A context with secure defaults, or NULL when memory is not to be had. */
byteedit_tls_context *byteedit_tls_context_create(int is_server);
void byteedit_tls_context_destroy(byteedit_tls_context *context);

/* The certificate, followed by those that lead to its authority, in PEM. */
int byteedit_tls_context_certificate(byteedit_tls_context *context, const void *pem, size_t count);

/* The certificate's private key in PEM; after the certificate. */
int byteedit_tls_context_key(byteedit_tls_context *context, const void *pem, size_t count);

/* Authorities in PEM that are believed; a server names them to its clients. */
int byteedit_tls_context_trust(byteedit_tls_context *context, const void *pem, size_t count);

/* Believes the authorities of the system's store. */
int byteedit_tls_context_trust_system(byteedit_tls_context *context);

void byteedit_tls_context_verify(byteedit_tls_context *context, int mode);

/* When the first certificate of the chain expires, seconds since 1970; 0 if there is none. */
int64_t byteedit_tls_context_expiry(const byteedit_tls_context *context);

/* The reason of the last refusal in OpenSSL's words. */
void byteedit_tls_error(char *text, size_t capacity);

/* MARK: Sessions */

/* NULL when memory is not to be had. */
byteedit_tls *byteedit_tls_create(byteedit_tls_context *context, int is_server);
void byteedit_tls_destroy(byteedit_tls *session);

/* The name or numeric address that the server's certificate must bear. Returns 1 or 0. */
int byteedit_tls_expect(byteedit_tls *session, const char *host);

/* Lends bytes of the peer, until the next call. */
void byteedit_tls_feed(byteedit_tls *session, const void *bytes, size_t count);

/* 1: done; 0: needs more bytes; -1: failed. */
int byteedit_tls_handshake(byteedit_tls *session);

/* What of a read is no count of bytes. */
#define BYTEEDIT_TLS_WANTS_MORE (-2)
#define BYTEEDIT_TLS_FAILED (-1)
#define BYTEEDIT_TLS_ENDED 0
ssize_t byteedit_tls_read(byteedit_tls *session, void *bytes, size_t capacity);

/* All of the bytes become output. Returns 1 or 0. */
int byteedit_tls_write(byteedit_tls *session, const void *bytes, size_t count);

/* What is written next uses new keys, and the peer is asked for new ones too; TLS 1.3 alone can. */
void byteedit_tls_renew_keys(byteedit_tls *session);

/* Says that nothing more will be written (close_notify). */
void byteedit_tls_close(byteedit_tls *session);

/* Bytes for the peer; they stay until they are dropped. */
size_t byteedit_tls_output(const byteedit_tls *session, const uint8_t **bytes);
void byteedit_tls_drop_output(byteedit_tls *session);

/* Kinds of failures. */
#define BYTEEDIT_TLS_FAILURE_PROTOCOL 0
#define BYTEEDIT_TLS_FAILURE_VERSION 1
#define BYTEEDIT_TLS_FAILURE_NO_CERTIFICATE 2
#define BYTEEDIT_TLS_FAILURE_CERTIFICATE 3
#define BYTEEDIT_TLS_FAILURE_ALERT 4
#define BYTEEDIT_TLS_FAILURE_NOTHING_SHARED 5

/* The kind of the failure that was just reported, and its reason in OpenSSL's words. */
int byteedit_tls_failure(byteedit_tls *session, char *text, size_t capacity);

/* For example "TLSv1.3" and "TLS_AES_256_GCM_SHA384"; static text. */
const char *byteedit_tls_version(const byteedit_tls *session);
const char *byteedit_tls_cipher(const byteedit_tls *session);
int byteedit_tls_is_resumed(const byteedit_tls *session);

/* A certificate that the peer showed and that was found good. */
struct byteedit_tls_certificate {
  uint8_t sha256[32];
  /* RFC 4514, and the alternative names with commas between; cut where they are longer. */
  char subject[512];
  char names[1024];
};

/* Returns 1, or 0 where the peer showed none. */
int byteedit_tls_peer(const byteedit_tls *session, struct byteedit_tls_certificate *certificate);

#endif
