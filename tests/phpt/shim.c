/* Preloaded before a sanitizer's runtime: that runtime refuses RTLD_DEEPBIND, with which Debian's PHP opens extensions. */
#define _GNU_SOURCE
#include <dlfcn.h>

void *dlopen(const char *file, int mode)
{
	void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");

	return next(file, mode & ~RTLD_DEEPBIND);
}
