/* Loaded into the program by the kill test (LD_PRELOAD): makes writing a project's journal, its file
 * and its backups fail. Counts the calls that write or sync such a file; from call FAULT_AT on, for
 * FAULT_FOR calls, it fails as FAULT says:
 *   short  a write writes half of its bytes and says so
 *   full   a write fails, the disk is full
 *   sync   a sync fails
 *   torn   a write writes half of its bytes, and the process is killed
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long calls;

static int due(int fd, const char *kinds) {
    const char *fault = getenv("FAULT"), *at = getenv("FAULT_AT"), *count = getenv("FAULT_FOR");
    if (!fault || !at || !count || !strstr(kinds, fault)) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    if (!strstr(path, ".cutroom")) return 0;
    long call = ++calls;
    return call >= atol(at) && call < atol(at) + atol(count);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t fail(ssize_t half) {
    const char *fault = getenv("FAULT");
    if (!strcmp(fault, "torn")) kill(getpid(), SIGKILL);
    if (!strcmp(fault, "full")) { errno = ENOSPC; return -1; }
    return half;
}

static size_t part(size_t count) { return strcmp(getenv("FAULT"), "full") ? count / 2 : 0; }

ssize_t write(int fd, const void *buf, size_t count) {
    if (!due(fd, "short full torn")) return REAL(write)(fd, buf, count);
    return fail(REAL(write)(fd, buf, part(count)));
}

ssize_t pwrite(int fd, const void *buf, size_t count, off_t at) {
    if (!due(fd, "short full torn")) return REAL(pwrite)(fd, buf, count, at);
    return fail(REAL(pwrite)(fd, buf, part(count), at));
}

ssize_t pwrite64(int fd, const void *buf, size_t count, off64_t at) {
    if (!due(fd, "short full torn")) return REAL(pwrite64)(fd, buf, count, at);
    return fail(REAL(pwrite64)(fd, buf, part(count), at));
}

int fsync(int fd) {
    if (!due(fd, "sync")) return REAL(fsync)(fd);
    errno = EIO;
    return -1;
}

int fdatasync(int fd) {
    if (!due(fd, "sync")) return REAL(fdatasync)(fd);
    errno = EIO;
    return -1;
}
