// What a benchmark of tasks needs beside the runners themselves:
// spawn loop N J COMMAND…   starts it N times, J at a time, and does nothing else: what no runner can be faster than
// spawn tally FILE          a task that leaves one byte behind, so that the tasks that really ran can be counted
// spawn stamp FILE HOLD     a task that leaves the time when it began, and stays while HOLD is there
// spawn sync FILE N         prints the ns that a record of 115 bytes takes to be appended and brought to the disk
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int loop(long tasks, long side_by_side, char** command) {
  long started = 0, running = 0;
  while (started < tasks || running > 0) {
    for (; started < tasks && running < side_by_side; ++started, ++running) {
      pid_t child;
      if (posix_spawnp(&child, command[0], NULL, NULL, command, environ) != 0) return 2;
    }
    int status;
    if (waitpid(-1, &status, 0) < 0 || status != 0) return 1;
    --running;
  }
  return 0;
}

static int append(const char* file, const char* text, size_t size) {
  int out = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return out < 0 || write(out, text, size) != (ssize_t)size;
}

static int stamp(const char* file, const char* hold) {
  char text[32];
  int size = snprintf(text, sizeof text, "%lld\n", nanoseconds());
  if (append(file, text, (size_t)size)) return 1;
  while (access(hold, F_OK) == 0) usleep(10000);
  return 0;
}

static int sync_records(const char* file, long records) {
  int out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  char record[115];
  memset(record, 'x', sizeof record);
  long long begin = nanoseconds();
  for (long i = 0; i < records; ++i) {
    if (write(out, record, sizeof record) != sizeof record || fdatasync(out) != 0) return 1;
  }
  printf("%lld\n", (nanoseconds() - begin) / records);
  return 0;
}

int main(int count, char** arguments) {
  const char* mode = count > 2 ? arguments[1] : "";
  if (strcmp(mode, "loop") == 0 && count > 4) return loop(atol(arguments[2]), atol(arguments[3]), arguments + 4);
  if (strcmp(mode, "tally") == 0) return append(arguments[2], "x", 1);
  if (strcmp(mode, "stamp") == 0 && count > 3) return stamp(arguments[2], arguments[3]);
  if (strcmp(mode, "sync") == 0 && count > 3) return sync_records(arguments[2], atol(arguments[3]));
  return 2;
}
