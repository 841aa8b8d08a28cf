/* What Debian's Python wants of glibc and musl does not have, in terms of musl. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>
#include <wchar.h>

/* _FORTIFY_SOURCE: the same functions with the sizes of their buffers. */
void __explicit_bzero_chk(void *s, size_t n, size_t d) { explicit_bzero(s, n); }
void *__memcpy_chk(void *d, const void *s, size_t n, size_t l) { return memcpy(d, s, n); }
void *__memmove_chk(void *d, const void *s, size_t n, size_t l) { return memmove(d, s, n); }
void *__memset_chk(void *d, int c, size_t n, size_t l) { return memset(d, c, n); }
char *__strcat_chk(char *d, const char *s, size_t l) { return strcat(d, s); }
char *__strcpy_chk(char *d, const char *s, size_t l) { return strcpy(d, s); }
char *__strncat_chk(char *d, const char *s, size_t n, size_t l) { return strncat(d, s, n); }
ssize_t __read_chk(int f, void *b, size_t n, size_t l) { return read(f, b, n); }
char *__realpath_chk(const char *p, char *r, size_t l) { return realpath(p, r); }
long __fdelt_chk(long d) { return d / (8 * sizeof(long)); }
int __vfprintf_chk(FILE *f, int g, const char *m, va_list a) { return vfprintf(f, m, a); }
int __vsnprintf_chk(char *s, size_t n, int g, size_t l, const char *m, va_list a) {
  return vsnprintf(s, n, m, a);
}
#define VARIADIC(last, call)                                                             \
  {                                                                                      \
    va_list a;                                                                           \
    va_start(a, last);                                                                   \
    int result = call;                                                                   \
    va_end(a);                                                                           \
    return result;                                                                       \
  }
int __fprintf_chk(FILE *f, int g, const char *m, ...) VARIADIC(m, vfprintf(f, m, a))
int __printf_chk(int g, const char *m, ...) VARIADIC(m, vprintf(m, a))
int __snprintf_chk(char *s, size_t n, int g, size_t l, const char *m, ...)
    VARIADIC(m, vsnprintf(s, n, m, a))
int __sprintf_chk(char *s, int g, size_t l, const char *m, ...) VARIADIC(m, vsprintf(s, m, a))
int __isoc23_sscanf(const char *s, const char *m, ...) VARIADIC(m, vsscanf(s, m, a))
int __isoc23_fscanf(FILE *f, const char *m, ...) VARIADIC(m, vfscanf(f, m, a))
void __syslog_chk(int p, int g, const char *m, ...) {
  va_list a;
  va_start(a, m);
  vsyslog(p, m, a);
  va_end(a);
}

/* C23's numbers, which may begin with 0b. */
long __isoc23_strtol(const char *s, char **e, int b) { return strtol(s, e, b); }
long long __isoc23_strtoll(const char *s, char **e, int b) { return strtoll(s, e, b); }
unsigned long __isoc23_strtoul(const char *s, char **e, int b) { return strtoul(s, e, b); }
long __isoc23_wcstol(const wchar_t *s, wchar_t **e, int b) { return wcstol(s, e, b); }

/* Other names, and what only glibc has. */
long __sysconf(int name) { return sysconf(name); }
int __register_atfork(void (*a)(void), void (*b)(void), void (*c)(void), void *d) {
  return pthread_atfork(a, b, c);
}
cpu_set_t *__sched_cpualloc(size_t n) { return calloc(1, CPU_ALLOC_SIZE(n)); }
void __sched_cpufree(cpu_set_t *set) { free(set); }
void arc4random_buf(void *b, size_t n) {
  for (char *to = b; n;) {
    ssize_t got = getrandom(to, n, 0);
    if (got > 0) to += got, n -= got;
  }
}
unsigned arc4random(void) {
  unsigned number;
  arc4random_buf(&number, sizeof number);
  return number;
}
int backtrace(void **b, int n) { return 0; }
int dladdr1(const void *p, Dl_info *i, void **x, int flags) { return 0; }
int close_range(unsigned a, unsigned b, int flags) {
  return syscall(SYS_close_range, a, b, flags);
}
void closefrom(int first) { close_range(first, ~0U, 0); }
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *a, int first) {
  return ENOSYS;
}
int sem_clockwait(sem_t *s, clockid_t clock, const struct timespec *until) {
  struct timespec now, real;
  if (clock == CLOCK_REALTIME) return sem_timedwait(s, until);
  clock_gettime(clock, &now);
  clock_gettime(CLOCK_REALTIME, &real);
  long nanoseconds = real.tv_nsec + until->tv_nsec - now.tv_nsec;
  long seconds = nanoseconds / 1000000000;
  if ((nanoseconds %= 1000000000) < 0) nanoseconds += 1000000000, seconds--;
  struct timespec then = {real.tv_sec + until->tv_sec - now.tv_sec + seconds, nanoseconds};
  return sem_timedwait(s, &then);
}
int getcontext(void *c) { return errno = ENOSYS, -1; }
int setcontext(const void *c) { return errno = ENOSYS, -1; }
int swapcontext(void *a, const void *b) { return errno = ENOSYS, -1; }
void makecontext(void *c, void (*f)(void), int n, ...) {}

/* Large files: musl has no others. */
#define SAME(type, name, parameters, arguments)                                          \
  type name##64 parameters { return name arguments; }
#undef prlimit64
int __open64_2(const char *p, int f) { return open(p, f); }
int fcntl64(int f, int c, void *a) { return fcntl(f, c, a); }
int open64(const char *p, int f, mode_t m) { return open(p, f, m); }
int openat64(int d, const char *p, int f, mode_t m) { return openat(d, p, f, m); }
SAME(FILE *, fopen, (const char *p, const char *m), (p, m))
SAME(FILE *, tmpfile, (void), ())
SAME(int, fstat, (int f, struct stat *s), (f, s))
SAME(int, fstatat, (int d, const char *p, struct stat *s, int f), (d, p, s, f))
SAME(int, fstatvfs, (int f, struct statvfs *s), (f, s))
SAME(int, ftruncate, (int f, off_t n), (f, n))
SAME(int, getrlimit, (int r, struct rlimit *l), (r, l))
SAME(int, lockf, (int f, int c, off_t n), (f, c, n))
SAME(off_t, lseek, (int f, off_t o, int w), (f, o, w))
SAME(int, lstat, (const char *p, struct stat *s), (p, s))
SAME(void *, mmap, (void *p, size_t n, int r, int f, int d, off_t o), (p, n, r, f, d, o))
SAME(int, posix_fadvise, (int f, off_t o, off_t n, int a), (f, o, n, a))
SAME(int, posix_fallocate, (int f, off_t o, off_t n), (f, o, n))
SAME(ssize_t, pread, (int f, void *b, size_t n, off_t o), (f, b, n, o))
SAME(ssize_t, preadv, (int f, const struct iovec *v, int n, off_t o), (f, v, n, o))
SAME(int, prlimit, (pid_t p, int r, const struct rlimit *n, struct rlimit *o), (p, r, n, o))
SAME(ssize_t, pwrite, (int f, const void *b, size_t n, off_t o), (f, b, n, o))
SAME(ssize_t, pwritev, (int f, const struct iovec *v, int n, off_t o), (f, v, n, o))
SAME(struct dirent *, readdir, (DIR *d), (d))
SAME(ssize_t, sendfile, (int o, int i, off_t *f, size_t n), (o, i, f, n))
SAME(int, setrlimit, (int r, const struct rlimit *l), (r, l))
SAME(int, stat, (const char *p, struct stat *s), (p, s))
SAME(int, statvfs, (const char *p, struct statvfs *s), (p, s))
SAME(int, truncate, (const char *p, off_t n), (p, n))
ssize_t preadv64v2(int f, const struct iovec *v, int n, off_t o, int flags) {
  return flags ? (errno = ENOSYS, -1) : preadv(f, v, n, o);
}
ssize_t pwritev64v2(int f, const struct iovec *v, int n, off_t o, int flags) {
  return flags ? (errno = ENOSYS, -1) : pwritev(f, v, n, o);
}
