#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addresses.h"

int platform_resolve_all(const char *host, struct platform_address *addresses, int capacity) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  int code = getaddrinfo(host, NULL, &hints, &found);
  // The codes are negative here, and positive on other systems.
  if (code != 0) return code < 0 ? code : -code;
  int count = 0;
  for (struct addrinfo *next = found; next != NULL && count < capacity; next = next->ai_next)
    if (platform_from_socket(next->ai_addr, &addresses[count]) == 0) count++;
  freeaddrinfo(found);
  return count;
}

int platform_begin_connect(struct platform_address address) {
  struct sockaddr_storage name;
  socklen_t length = platform_to_socket(address, &name);
  int descriptor = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(descriptor, (struct sockaddr *)&name, length) == 0 || errno == EINPROGRESS)
    return descriptor;
  int error = errno;
  close(descriptor);
  return -error;
}

int platform_finish_connect(int descriptor) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return -errno;
  return -error;
}

int platform_wait(int descriptor, int for_writing, int milliseconds) {
  struct pollfd wait = {.fd = descriptor, .events = for_writing ? POLLOUT : POLLIN};
  int ready = poll(&wait, 1, milliseconds);
  if (ready < 0) return errno == EINTR ? 0 : -errno;
  return ready > 0;
}
