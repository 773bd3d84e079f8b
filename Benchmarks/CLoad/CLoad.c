#define _GNU_SOURCE
#include "CLoad.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

uint64_t load_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return (uint64_t)limit.rlim_cur;
}

int load_pin(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  return sched_setaffinity(0, sizeof cores, &cores) == 0 ? 0 : -errno;
}

uint64_t load_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static struct sockaddr_in loopback(uint32_t offset, uint16_t port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK + offset);
  return name;
}

int load_connect(uint32_t source, uint16_t port) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // The port is chosen by connect, so that each source address has all of them.
  setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  struct sockaddr_in from = loopback(source, 0), to = loopback(0, port);
  if ((source == 0 || bind(descriptor, (struct sockaddr *)&from, sizeof from) == 0) &&
      (connect(descriptor, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS))
    return descriptor;
  int error = errno;
  close(descriptor);
  return -error;
}

int load_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int descriptor, uint32_t tag, uint32_t events) {
  struct epoll_event event = {.events = events, .data.u32 = tag};
  return epoll_ctl(epoll, operation, descriptor, &event) == 0 ? 0 : -errno;
}

int load_watch(int epoll, int descriptor, uint32_t tag, int connecting) {
  return control(epoll, EPOLL_CTL_ADD, descriptor, tag, EPOLLIN | (connecting ? EPOLLOUT : 0));
}

int load_watch_input(int epoll, int descriptor, uint32_t tag) {
  return control(epoll, EPOLL_CTL_MOD, descriptor, tag, EPOLLIN);
}

int load_wait(int epoll, uint32_t *tags, int capacity, uint64_t nanoseconds) {
  struct epoll_event events[256];
  struct timespec limit = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
  int count = epoll_pwait2(epoll, events, capacity < 256 ? capacity : 256, &limit, NULL);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) tags[i] = events[i].data.u32;
  return count;
}

ssize_t load_send(int descriptor, const void *bytes, size_t count) {
  ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? -errno : sent;
}

ssize_t load_receive(int descriptor, void *bytes, size_t capacity) {
  ssize_t received = recv(descriptor, bytes, capacity, MSG_DONTWAIT);
  return received < 0 ? -errno : received;
}

ssize_t load_head_end(const void *bytes, size_t count) {
  const char *found = memmem(bytes, count, "\r\n\r\n", 4);
  return found == NULL ? -1 : found - (const char *)bytes + 4;
}
