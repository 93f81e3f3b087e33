/* Every test of PHP_VERSION_ID and of the platform stands here. */
#ifndef SOPHMATE_COMPAT_H
#define SOPHMATE_COMPAT_H

#include "php.h"

#if PHP_VERSION_ID < 80200 || PHP_VERSION_ID >= 80600
# error "sophmate needs PHP 8.2 to 8.5"
#endif

#ifdef PHP_WIN32
# include <process.h>
# define getpid _getpid
#else
# include <unistd.h>
#endif

#endif
