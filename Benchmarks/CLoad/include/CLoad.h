// System calls of the load generator whose C spelling Swift cannot import well.
#ifndef BYTEEDIT_CLOAD_H
#define BYTEEDIT_CLOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Raises the soft limit of open descriptors to the hard one. Returns the limit in force.
uint64_t load_raise_descriptor_limit(void);

/// Keeps the calling thread on one core. Returns 0, or -errno.
int load_pin(int core);

/// Nanoseconds of the monotonic clock.
uint64_t load_now(void);

/// Begins to connect to 127.0.0.1:port from 127.0.0.1 + `source`, without blocking.
/// Returns the descriptor, or -errno.
int load_connect(uint32_t source, uint16_t port);

int load_epoll(void);

/// Watches a descriptor for input, and for the end of connecting if `connecting`. 0, or -errno.
int load_watch(int epoll, int descriptor, uint32_t tag, int connecting);

/// From now on only input. 0, or -errno.
int load_watch_input(int epoll, int descriptor, uint32_t tag);

/// Waits at most `nanoseconds`. Fills `tags` and returns how many, or -errno.
int load_wait(int epoll, uint32_t *tags, int capacity, uint64_t nanoseconds);

ssize_t load_send(int descriptor, const void *bytes, size_t count);
ssize_t load_receive(int descriptor, void *bytes, size_t capacity);

/// Where `\r\n\r\n` ends, or -1.
ssize_t load_head_end(const void *bytes, size_t count);

#endif
