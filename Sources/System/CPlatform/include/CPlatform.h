// System calls whose C spelling (feature macros, unions, variadic flags) Swift cannot import well.
#ifndef BYTEEDIT_CPLATFORM_H
#define BYTEEDIT_CPLATFORM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/// An IP address in IPv6 form (IPv4 as ::ffff:a.b.c.d), network byte order read as big endian.
struct platform_address {
  uint64_t high;
  uint64_t low;
  uint16_t port;
};

/// Resolves a host name or numeric address. Returns 0, or a getaddrinfo error code.
int platform_resolve(const char *host, uint16_t port, struct platform_address *address);

/// The text of a getaddrinfo error code.
const char *platform_resolve_error(int code);

/// Reads a numeric address: four decimal numbers, or IPv6 without a zone. Returns 0, or -1.
int platform_parse_address(const char *text, struct platform_address *address);

/// Writes the numeric text of an address (at least 46 bytes of room). Returns 0, or -1.
int platform_format_address(struct platform_address address, char *text, size_t capacity);

/// A non-blocking, close-on-exec listening socket. Returns the descriptor, or -errno.
int platform_listen(struct platform_address address, int backlog);

/// The address a socket is bound to. Returns 0, or -errno.
int platform_local_address(int descriptor, struct platform_address *address);

/// Accepts one connection, non-blocking, close-on-exec, TCP_NODELAY. Returns it, or -errno.
int platform_accept(int descriptor, struct platform_address *peer);

/// A non-blocking outgoing connection to an address. Returns the descriptor, or -errno.
int platform_connect(struct platform_address address);

/// Resolves a host name to at most `capacity` addresses, in the order of RFC 6724. Returns how many,
/// or a negative getaddrinfo error code.
int platform_resolve_all(const char *host, struct platform_address *addresses, int capacity);

/// Begins an outgoing connection, non-blocking, close-on-exec, TCP_NODELAY. Returns the descriptor,
/// which is writable once it is settled, or -errno.
int platform_begin_connect(struct platform_address address);

/// How a begun connection ended. Returns 0, or -errno.
int platform_finish_connect(int descriptor);

/// Waits until a descriptor is readable or writable. Returns 1, 0 when the time is over, or -errno.
int platform_wait(int descriptor, int for_writing, int milliseconds);

/// Gathers and sends without SIGPIPE and without blocking. Returns the bytes sent, or -errno.
ssize_t platform_send(int descriptor, const struct iovec *pieces, int count);

/// Receives without blocking. Returns the bytes read (0: the peer finished), or -errno.
ssize_t platform_receive(int descriptor, void *bytes, size_t capacity);

/// What `platform_poll_set` watches for.
enum platform_interest { PLATFORM_READ = 1, PLATFORM_WRITE = 2 };

/// A descriptor that is ready, by the token it was watched with; errors make it both.
struct platform_readiness {
  uint64_t token;
  int interest;
};

/// Processors that this process may run on.
int platform_cores(void);

/// A set of watched descriptors (epoll), readable itself when one of them is ready.
/// Returns its descriptor, or -errno.
int platform_poll_create(void);

/// Watches a descriptor for `interest` (0: no more) instead of `before`, as long as it is ready.
/// Returns 0, or -errno.
int platform_poll_set(int poll, int descriptor, uint64_t token, int before, int interest);

/// Those that are ready now; does not wait. Returns how many, or -errno.
int platform_poll_ready(int poll, struct platform_readiness *ready, int capacity);

/// Makes close() send a reset instead of what is queued.
void platform_reset_on_close(int descriptor);

/// Raises the soft limit of open descriptors to the hard one. Returns the limit in force, or 0.
uint64_t platform_raise_descriptor_limit(void);

/// An anonymous file in a directory: it has no name, and goes when it is closed.
/// Returns the descriptor, or -errno.
int platform_open_unnamed(const char *directory);

/// The first place of a pattern among bytes, or -1.
ssize_t platform_find(const void *bytes, size_t count, const void *pattern, size_t length);

#endif
