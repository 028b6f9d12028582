// measure COMMAND…: runs it once, its output discarded, and prints wall ns, CPU ns, peak RSS in KiB, its exit status,
// CPU ns of the process alone without those it started, and the monotonic clock's ns when it was started. In C because
// a child's peak RSS begins with that of the process which spawned it.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char** environ;

static long long nanoseconds(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) return -1;
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long of(struct timeval time) { return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL; }

int main(int count, char** arguments) {
  if (count < 2) return 2;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  long long begin = nanoseconds(CLOCK_MONOTONIC);
  pid_t child;
  if (posix_spawnp(&child, arguments[1], &actions, NULL, arguments + 1, environ) != 0) return 2;
  siginfo_t ended;
  if (waitid(P_PID, child, &ended, WEXITED | WNOWAIT) != 0) return 2;
  long long wall = nanoseconds(CLOCK_MONOTONIC) - begin;
  // Its own clock can be read until it is reaped; what is told then has its children's time in it.
  clockid_t clock;
  if (clock_getcpuclockid(child, &clock) != 0) return 2;
  long long own = nanoseconds(clock);
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) != child) return 2;
  printf("%lld %lld %ld %d %lld %lld\n", wall, of(usage.ru_utime) + of(usage.ru_stime), usage.ru_maxrss,
         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), own, begin);
  return 0;
}
