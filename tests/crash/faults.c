// A library to be preloaded: stands between a program and one file with its companions (`journal.db`, `-wal`, `-shm`,
// `-journal`; the same of `journal.new`, which becomes it, and the folder of both), writes down each call on them, and
// at one of them kills the program, tears the write or answers with an error.
//   FAULTS_FILE  the file, less `db`  FAULTS_LOG    where the calls are written down
//   FAULTS_AT    which call, from 1; 0: none        FAULTS_DO  kill, tear, ENOSPC, EIO
//   FAULTS_ON    which calls count: `w` writes, truncations, removals, new files and names, `s` syncs, `o` all others,
//                `x` the opening of any other file, for moments between two calls on ours
//   FAULTS_SLOW  milliseconds that each sync takes longer
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { most_descriptors = 1024 };

static const char *watched, *counted, *action;
static size_t watched_length;
static long fault_at, slow;
static pid_t program;
static int log_descriptor = -1;
static atomic_long calls;
static _Atomic(const char *) names[most_descriptors];  // of each open descriptor: `db`, `db-wal`, `new` …

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value ? strdup(value) : "";
}

__attribute__((constructor)) static void begin(void) {
  watched = setting("FAULTS_FILE");
  program = getpid();
  watched_length = strlen(watched);
  counted = setting("FAULTS_ON");
  action = setting("FAULTS_DO");
  fault_at = atol(setting("FAULTS_AT"));
  slow = atol(setting("FAULTS_SLOW"));
  const char *log = setting("FAULTS_LOG");
  if (*log) log_descriptor = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  unsetenv("LD_PRELOAD");  // steps are none of our business
}

static const char *name_of(const char *path) {
  if (!watched_length) return NULL;
  size_t folder_length = (size_t)(strrchr(watched, '/') - watched);
  if (strlen(path) == folder_length && strncmp(path, watched, folder_length) == 0) return "folder";
  if (strncmp(path, watched, watched_length) != 0) return NULL;
  static const char *const known[] = {"db",  "db-wal",  "db-shm",  "db-journal",
                                      "new", "new-wal", "new-shm", "new-journal"};
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
    if (strcmp(path + watched_length, known[i]) == 0) return known[i];
  }
  return NULL;
}

static const char *name_at(int descriptor) {
  return descriptor >= 0 && descriptor < most_descriptors ? atomic_load(&names[descriptor]) : NULL;
}

static void write_down(const char *what, const char *name, long long offset, size_t length, const void *data) {
  if (log_descriptor < 0) return;
  char line[128];
  int size = snprintf(line, sizeof line, "%s %s %lld %zu\n", what, name, offset, length);
  struct iovec parts[] = {{line, (size_t)size}, {(void *)data, data ? length : 0}};
  if (writev(log_descriptor, parts, 2) < 0) abort();
}

// Counts a call of a class; where it is the one, kills us or gives the error to answer with.
static int fault(char class, const char *what, const char *name) {
  if (!strchr(counted, class) || getpid() != program) return 0;  // a child has our memory until it is another program
  long number = atomic_fetch_add(&calls, 1) + 1;
  write_down("count", name, number, 0, NULL);
  if (number != fault_at) return 0;
  write_down("fault", name, 0, 0, NULL);
  write_down(what, name, -1, 0, NULL);
  if (strcmp(action, "ENOSPC") == 0) return ENOSPC;
  if (strcmp(action, "EIO") == 0) return EIO;
  if (strcmp(action, "tear") == 0 && strcmp(what, "write") == 0) return -1;
  kill(getpid(), SIGKILL);
  return 0;
}

static int refuse(int error) {
  errno = error;
  return -1;
}

static int open_file(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  const char *name = name_of(path);
  int error = name ? fault((flags & O_CREAT) ? 'w' : 'o', "open", name) : fault('x', "open", "other");
  if (error > 0) return refuse(error);
  int descriptor = real(path, flags, mode);
  if (descriptor >= 0 && descriptor < most_descriptors) atomic_store(&names[descriptor], name);
  return descriptor;
}

#define OPEN(function)                                    \
  int function(const char *path, int flags, ...) {        \
    va_list rest;                                         \
    va_start(rest, flags);                                \
    mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                         \
    return open_file(REAL(function), path, flags, mode);  \
  }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
  const char *name = name_at(descriptor);
  if (name) {
    fault('o', "close", name);
    atomic_store(&names[descriptor], NULL);
  }
  return REAL(close)(descriptor);
}

static ssize_t write_at(int descriptor, const void *data, size_t length, off64_t offset) {
  const char *name = name_at(descriptor);
  int error = name ? fault('w', "write", name) : 0;
  if (error > 0) return refuse(error);
  size_t wanted = error < 0 ? length / 2 : length;
  ssize_t written = REAL(pwrite64)(descriptor, data, wanted, offset);
  if (name && written > 0) write_down("write", name, offset, (size_t)written, data);
  if (error < 0) kill(getpid(), SIGKILL);
  return written;
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
  return write_at(descriptor, data, length, offset);
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
  return write_at(descriptor, data, length, offset);
}

static ssize_t read_at(int descriptor, void *data, size_t length, off64_t offset) {
  const char *name = name_at(descriptor);
  int error = name ? fault('o', "read", name) : 0;
  return error > 0 ? refuse(error) : REAL(pread64)(descriptor, data, length, offset);
}

ssize_t pread64(int descriptor, void *data, size_t length, off64_t offset) {
  return read_at(descriptor, data, length, offset);
}

ssize_t pread(int descriptor, void *data, size_t length, off_t offset) {
  return read_at(descriptor, data, length, offset);
}

static int sync_file(int (*real)(int), int descriptor) {
  const char *name = name_at(descriptor);
  int error = name ? fault('s', "sync", name) : 0;
  if (error > 0) return refuse(error);
  if (name) write_down("sync", name, 0, 0, NULL);
  if (name && slow > 0) usleep((useconds_t)slow * 1000);
  int result = real(descriptor);
  if (name && result == 0) write_down("synced", name, 0, 0, NULL);
  return result;
}

int fdatasync(int descriptor) { return sync_file(REAL(fdatasync), descriptor); }

int fsync(int descriptor) { return sync_file(REAL(fsync), descriptor); }

static int truncate_file(int descriptor, off64_t length) {
  const char *name = name_at(descriptor);
  int error = name ? fault('w', "truncate", name) : 0;
  if (error > 0) return refuse(error);
  int result = REAL(ftruncate64)(descriptor, length);
  if (name && result == 0) write_down("truncate", name, length, 0, NULL);
  return result;
}

int ftruncate64(int descriptor, off64_t length) { return truncate_file(descriptor, length); }

int ftruncate(int descriptor, off_t length) { return truncate_file(descriptor, length); }

int unlink(const char *path) {
  const char *name = name_of(path);
  int error = name ? fault('w', "unlink", name) : 0;
  if (error > 0) return refuse(error);
  int result = REAL(unlink)(path);
  if (name && result == 0) write_down("unlink", name, 0, 0, NULL);
  return result;
}

int rename(const char *from, const char *to) {
  const char *name = name_of(from);
  int error = name ? fault('w', "rename", name) : 0;
  if (error > 0) return refuse(error);
  int result = REAL(rename)(from, to);
  if (name && result == 0) write_down("rename", name, 0, 0, NULL);
  return result;
}

static int control(int (*real)(int, int, ...), int descriptor, int command, void *argument) {
  const char *name = name_at(descriptor);
  int error = name ? fault('o', "lock", name) : 0;
  return error > 0 ? refuse(error) : real(descriptor, command, argument);
}

#define FCNTL(function)                                         \
  int function(int descriptor, int command, ...) {              \
    va_list rest;                                               \
    va_start(rest, command);                                    \
    void *argument = va_arg(rest, void *);                      \
    va_end(rest);                                               \
    return control(REAL(function), descriptor, command, argument); \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

void *mmap64(void *where, size_t length, int protection, int flags, int descriptor, off64_t offset) {
  const char *name = name_at(descriptor);
  int error = name ? fault('o', "map", name) : 0;
  if (error > 0) {
    errno = error;
    return MAP_FAILED;
  }
  return REAL(mmap64)(where, length, protection, flags, descriptor, offset);
}
