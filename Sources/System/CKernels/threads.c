#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CKernels.h"

static _Thread_local int inside_team;

int ck_in_team(void) { return inside_team; }

void ck_set_in_team(int inside) { inside_team = inside; }

void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

int ck_set_thread_niceness(int niceness) {
  // On Linux a nice value belongs to a thread, and PRIO_PROCESS with a thread's id reaches it.
  return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness);
}
