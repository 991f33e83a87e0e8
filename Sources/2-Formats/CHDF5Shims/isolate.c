// The parent's side: starts the child, gives it its limits, waits for it no longer than agreed.
#define _GNU_SOURCE
#include "child.h"
#include "library.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DONE_FD 3

static void limit(int resource, uint64_t value) {
  struct rlimit now;
  if (getrlimit(resource, &now) != 0) return;
  rlim_t to = (rlim_t)value;
  if (now.rlim_max != RLIM_INFINITY && to > now.rlim_max) to = now.rlim_max;
  struct rlimit limits = {to, to};
  setrlimit(resource, &limits);
}

static uint64_t mapped_bytes(void) {
  char text[64] = {0};
  int fd = open("/proc/self/statm", O_RDONLY);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  return n > 0 ? strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

// In the child: nothing of the parent's may be changed or be printed from here, and no file can be opened. The file's bytes,
// NULL where they cannot be had.
static const void *enter_child(const chdf5_request *request, int done) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGTERM, SIGINT, SIGXCPU, SIGPIPE};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);

  const void *image = chdf5_map_image(request);

  // A message of the C library about a broken heap is no message for the user.
  int sink = open("/dev/null", O_RDWR);
  // `done` may itself be one of the numbers taken below.
  int kept = fcntl(done, F_DUPFD, 16);
  if (sink >= 0) {
    for (int fd = 0; fd <= 2; fd++) dup2(sink, fd);
  }
  dup2(kept, DONE_FD);
  // An inherited pipe end would keep another reader waiting.
  if (close_range(DONE_FD + 1, ~0U, 0) != 0) {
    for (int fd = DONE_FD + 1; fd < 4096; fd++) close(fd);
  }

  uint64_t mapped = mapped_bytes();
  if (mapped) limit(RLIMIT_AS, mapped + request->memory_limit);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, request->cpu_seconds);
  limit(RLIMIT_NOFILE, DONE_FD + 1);
  return image;
}

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Waits until the child has closed its end of the pipe. False when it made no progress for too long.
static int wait_for_end(const chdf5_request *request, const chdf5_arena *arena, int done) {
  int64_t patience = (int64_t)request->seconds_without_progress * 1000;
  int64_t deadline = milliseconds() + patience;
  uint64_t seen = 0;
  for (;;) {
    struct pollfd wait = {done, POLLIN, 0};
    int ready = poll(&wait, 1, 100);
    if (ready > 0) return 1;
    if (ready < 0 && errno != EINTR) return 0;
    uint64_t now = atomic_load(&arena->progress) + atomic_load(&arena->used);
    if (now != seen) {
      seen = now;
      deadline = milliseconds() + patience;
    } else if (milliseconds() > deadline) {
      return 0;
    }
  }
}

// Collects the child, by force if it has not ended a second after it closed its pipe. The wait status, or -1.
static int collect(pid_t child, int ended) {
  int status = -1;
  int64_t deadline = milliseconds() + (ended ? 1000 : 0);
  int killed = 0;
  for (;;) {
    pid_t got = waitpid(child, &status, killed ? 0 : WNOHANG);
    if (got == child) return status;
    if (got < 0 && errno != EINTR) return -1;
    if (killed) continue;
    if (!ended || milliseconds() > deadline) {
      kill(child, SIGKILL);
      killed = 1;
    } else {
      struct timespec moment = {0, 50000};
      nanosleep(&moment, NULL);
    }
  }
}

static chdf5_snapshot failure(chdf5_status status, int code) {
  return (chdf5_snapshot){.status = status, .code = code, .object = "", .message = ""};
}

chdf5_snapshot chdf5_read(const chdf5_request *request) {
  uint64_t size = sizeof(chdf5_arena) + request->snapshot_limit;
  // Pages are taken as they are written: the limit costs nothing.
  void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return failure(CHDF5_NO_PROCESS, errno);
  chdf5_arena *arena = mapping;
  arena->capacity = request->snapshot_limit;

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    int code = errno;
    munmap(mapping, size);
    return failure(CHDF5_NO_PROCESS, code);
  }
  pthread_mutex_lock(&chdf5_library);
  pid_t child = fork();
  if (child == 0) {
    const void *image = enter_child(request, ends[1]);
    if (image) chdf5_walk(request, image, arena);
    arena->status = CHDF5_NO_PROCESS;
    arena->code = errno;
    atomic_store(&arena->finished, 1);
    _exit(0);
  }
  int fork_error = errno;
  pthread_mutex_unlock(&chdf5_library);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    munmap(mapping, size);
    return failure(CHDF5_NO_PROCESS, fork_error);
  }
  int ended = wait_for_end(request, arena, ends[0]);
  int status = collect(child, ended);
  close(ends[0]);

  chdf5_snapshot result = failure(CHDF5_CRASHED, 0);
  result.mapping = mapping;
  result.mapping_size = size;
  if (!ended || (status != -1 && WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))) {
    result.status = CHDF5_TIMED_OUT;
  } else if (status != -1 && WIFSIGNALED(status)) {
    result.code = WTERMSIG(status);
  } else if (atomic_load(&arena->finished) == 1 && arena->status <= CHDF5_NO_WALLS) {
    result.status = (chdf5_status)arena->status;
    result.code = arena->code;
    // What a child left behind that broke its own memory is not trusted.
    arena->object[CHDF5_TEXT - 1] = 0;
    arena->message[CHDF5_TEXT - 1] = 0;
    result.object = arena->object;
    result.message = arena->message;
    uint64_t used = atomic_load(&arena->used);
    result.bytes = arena->bytes;
    result.count = used <= request->snapshot_limit ? used : 0;
  }
  return result;
}

void chdf5_release(chdf5_snapshot *snapshot) {
  if (snapshot->mapping) munmap(snapshot->mapping, snapshot->mapping_size);
  *snapshot = failure(CHDF5_READ, 0);
}
