/* Loaded into the program by the tests of exports (LD_PRELOAD): makes FFmpeg's decoders and encoders, and
 * the disk, fail in the processes that make parts. FAULT says how, FAULT_AT at which call:
 *   crash   sending a packet to a decoder is an invalid memory access
 *   hang    sending a packet to a decoder never returns
 *   encode  sending a picture to an encoder fails
 *   full    writing to a file whose path has FAULT_PATH in it fails, the disk is full
 * With FAULT_ONCE, the path of a file that does not exist, only the first process fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long calls;
static atomic_int fails;

static int due(const char *kind) {
    const char *fault = getenv("FAULT"), *at = getenv("FAULT_AT"), *once = getenv("FAULT_ONCE");
    if (!fault || strcmp(fault, kind)) return 0;
    if (atomic_load(&fails)) return 1;
    if (atomic_fetch_add(&calls, 1) + 1 != (at ? atol(at) : 1)) return 0;
    if (once) {
        int fd = open(once, O_CREAT | O_EXCL | O_WRONLY, 0600);
        if (fd < 0) return 0;
        close(fd);
    }
    atomic_store(&fails, 1);
    return 1;
}

int avcodec_send_packet(void *context, const void *packet) {
    if (packet && due("crash")) raise(SIGSEGV);
    if (packet && due("hang")) for (;;) pause();
    return REAL(avcodec_send_packet)(context, packet);
}

int avcodec_send_frame(void *context, const void *frame) {
    if (frame && due("encode")) return -EIO;
    return REAL(avcodec_send_frame)(context, frame);
}

ssize_t write(int fd, const void *buf, size_t count) {
    const char *wanted = getenv("FAULT_PATH");
    char link[64], path[4096];
    if (wanted) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, path, sizeof path - 1);
        path[n < 0 ? 0 : n] = 0;
        if (strstr(path, wanted) && due("full")) { errno = ENOSPC; return -1; }
    }
    return REAL(write)(fd, buf, count);
}
