#define _GNU_SOURCE
#include "CPlatform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addresses.h"

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static uint64_t read_big_endian(const uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
  return value;
}

static void write_big_endian(uint64_t value, uint8_t *bytes) {
  for (int i = 7; i >= 0; i--, value >>= 8) bytes[i] = (uint8_t)value;
}

static int is_mapped(const uint8_t *bytes) { return memcmp(bytes, mapped_prefix, 12) == 0; }

int platform_from_socket(const struct sockaddr *source, struct platform_address *address) {
  uint8_t bytes[16];
  if (source->sa_family == AF_INET) {
    struct sockaddr_in v4;
    memcpy(&v4, source, sizeof v4);
    memcpy(bytes, mapped_prefix, 12);
    memcpy(bytes + 12, &v4.sin_addr, 4);
    address->port = ntohs(v4.sin_port);
  } else if (source->sa_family == AF_INET6) {
    struct sockaddr_in6 v6;
    memcpy(&v6, source, sizeof v6);
    memcpy(bytes, &v6.sin6_addr, 16);
    address->port = ntohs(v6.sin6_port);
  } else {
    return -EAFNOSUPPORT;
  }
  address->high = read_big_endian(bytes);
  address->low = read_big_endian(bytes + 8);
  return 0;
}

socklen_t platform_to_socket(struct platform_address address, struct sockaddr_storage *target) {
  uint8_t bytes[16];
  write_big_endian(address.high, bytes);
  write_big_endian(address.low, bytes + 8);
  memset(target, 0, sizeof *target);
  if (is_mapped(bytes)) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(address.port)};
    memcpy(&v4.sin_addr, bytes + 12, 4);
    memcpy(target, &v4, sizeof v4);
    return sizeof v4;
  }
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(address.port)};
  memcpy(&v6.sin6_addr, bytes, 16);
  memcpy(target, &v6, sizeof v6);
  return sizeof v6;
}

int platform_resolve(const char *host, uint16_t port, struct platform_address *address) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  int code = getaddrinfo(host, NULL, &hints, &found);
  if (code != 0) return code;
  int result = found == NULL || platform_from_socket(found->ai_addr, address) != 0 ? EAI_FAMILY : 0;
  address->port = port;
  freeaddrinfo(found);
  return result;
}

int platform_parse_address(const char *text, struct platform_address *address) {
  uint8_t bytes[16];
  memcpy(bytes, mapped_prefix, 12);
  if (inet_pton(AF_INET, text, bytes + 12) != 1 && inet_pton(AF_INET6, text, bytes) != 1)
    return -1;
  address->high = read_big_endian(bytes);
  address->low = read_big_endian(bytes + 8);
  address->port = 0;
  return 0;
}

const char *platform_resolve_error(int code) { return gai_strerror(code); }

int platform_format_address(struct platform_address address, char *text, size_t capacity) {
  uint8_t bytes[16];
  write_big_endian(address.high, bytes);
  write_big_endian(address.low, bytes + 8);
  const char *done = is_mapped(bytes) ? inet_ntop(AF_INET, bytes + 12, text, (socklen_t)capacity)
                                      : inet_ntop(AF_INET6, bytes, text, (socklen_t)capacity);
  return done == NULL ? -1 : 0;
}

static int configured_listener(int descriptor, struct sockaddr_storage *name, socklen_t length,
                               int backlog) {
  int on = 1, off = 0;
  if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return -errno;
  // "::" serves IPv4 too, whatever net.ipv6.bindv6only says.
  if (name->ss_family == AF_INET6 &&
      setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
    return -errno;
  if (bind(descriptor, (struct sockaddr *)name, length) != 0) return -errno;
  if (listen(descriptor, backlog) != 0) return -errno;
  return 0;
}

int platform_listen(struct platform_address address, int backlog) {
  struct sockaddr_storage name;
  socklen_t length = platform_to_socket(address, &name);
  int descriptor = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  int result = configured_listener(descriptor, &name, length, backlog);
  if (result == 0) return descriptor;
  close(descriptor);
  return result;
}

int platform_local_address(int descriptor, struct platform_address *address) {
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  if (getsockname(descriptor, (struct sockaddr *)&name, &length) != 0) return -errno;
  return platform_from_socket((struct sockaddr *)&name, address);
}

int platform_accept(int descriptor, struct platform_address *peer) {
  struct sockaddr_storage name = {0};
  socklen_t length = sizeof name;
  int accepted =
      accept4(descriptor, (struct sockaddr *)&name, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) return -errno;
  int on = 1;
  // Best effort: a peer that is gone already is noticed by the first read.
  setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(accepted, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (platform_from_socket((struct sockaddr *)&name, peer) != 0) *peer = (struct platform_address){0};
  return accepted;
}

int platform_connect(struct platform_address address) {
  struct sockaddr_storage name;
  socklen_t length = platform_to_socket(address, &name);
  int descriptor = socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  if (connect(descriptor, (struct sockaddr *)&name, length) == 0) return descriptor;
  int error = errno;
  close(descriptor);
  return -error;
}

ssize_t platform_send(int descriptor, const struct iovec *pieces, int count) {
  if (count == 1) {
    // The kernel need not read a vector.
    ssize_t sent = send(descriptor, pieces->iov_base, pieces->iov_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? -errno : sent;
  }
  struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)count};
  ssize_t sent = sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? -errno : sent;
}

ssize_t platform_receive(int descriptor, void *bytes, size_t capacity) {
  ssize_t received = recv(descriptor, bytes, capacity, MSG_DONTWAIT);
  return received < 0 ? -errno : received;
}

int platform_cores(void) {
  cpu_set_t set;
  // More than 1,024 processors do not fit.
  if (sched_getaffinity(0, sizeof set, &set) != 0) return (int)sysconf(_SC_NPROCESSORS_ONLN);
  return CPU_COUNT(&set);
}

int platform_poll_create(void) {
  int poll = epoll_create1(EPOLL_CLOEXEC);
  return poll < 0 ? -errno : poll;
}

int platform_poll_set(int poll, int descriptor, uint64_t token, int before, int interest) {
  struct epoll_event event = {.data.u64 = token};
  if (interest & PLATFORM_READ) event.events |= EPOLLIN;
  if (interest & PLATFORM_WRITE) event.events |= EPOLLOUT;
  if (before == interest) return 0;
  // Errors and hang-ups are told even to those who watch for nothing: only deleting silences them.
  int operation = before == 0 ? EPOLL_CTL_ADD : interest == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  return epoll_ctl(poll, operation, descriptor, &event) == 0 ? 0 : -errno;
}

int platform_poll_ready(int poll, struct platform_readiness *ready, int capacity) {
  struct epoll_event events[256];
  int count = epoll_wait(poll, events, capacity < 256 ? capacity : 256, 0);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    int both = events[i].events & (EPOLLERR | EPOLLHUP) ? PLATFORM_READ | PLATFORM_WRITE : 0;
    ready[i].token = events[i].data.u64;
    ready[i].interest = both | (events[i].events & EPOLLIN ? PLATFORM_READ : 0) |
                        (events[i].events & EPOLLOUT ? PLATFORM_WRITE : 0);
  }
  return count;
}

void platform_reset_on_close(int descriptor) {
  struct linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

uint64_t platform_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (uint64_t)limit.rlim_cur : 0;
}

int platform_open_unnamed(const char *directory) {
  int descriptor = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0) return descriptor;
  // Not every file system knows O_TMPFILE: a named file that is unlinked at once does the same.
  char path[4096];
  int length = snprintf(path, sizeof path, "%s/spool-XXXXXX", directory);
  if (length < 0 || (size_t)length >= sizeof path) return -ENAMETOOLONG;
  descriptor = mkostemp(path, O_CLOEXEC);
  if (descriptor < 0) return -errno;
  unlink(path);
  return descriptor;
}

ssize_t platform_find(const void *bytes, size_t count, const void *pattern, size_t length) {
  const char *found = memmem(bytes, count, pattern, length);
  return found == NULL ? -1 : found - (const char *)bytes;
}
