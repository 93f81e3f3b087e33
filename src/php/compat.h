/* Every test of PHP_VERSION_ID and of the platform stands here. */
#ifndef SOPHMATE_COMPAT_H
#define SOPHMATE_COMPAT_H

#ifdef __GNUC__
# pragma GCC diagnostic push
# pragma GCC diagnostic ignored "-Wshadow" /* PHP 8.5 has a parameter named as a type in a header */
# include "php.h"
# pragma GCC diagnostic pop
#else
# include "php.h"
#endif

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
