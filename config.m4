dnl sophmate: automation inside WordPress that is safe to fail.

PHP_ARG_ENABLE([sophmate],
  [whether to enable sophmate],
  [AS_HELP_STRING([--enable-sophmate], [Enable sophmate])])

PHP_ARG_ENABLE([sophmate-dev],
  [whether every useful warning is an error in sophmate],
  [AS_HELP_STRING([--enable-sophmate-dev], [Developers: every useful warning is an error])],
  [no], [no])

PHP_ARG_ENABLE([sophmate-sanitize],
  [whether sophmate is built with sanitizers],
  [AS_HELP_STRING([--enable-sophmate-sanitize=LIST], [Developers: build with -fsanitize=LIST, e.g. address,undefined])],
  [no], [no])

if test "$PHP_SOPHMATE" != "no"; then
  AC_MSG_CHECKING([for a supported PHP version])
  sophmate_vernum=$($PHP_CONFIG --vernum)
  if test "$sophmate_vernum" -lt 80200 || test "$sophmate_vernum" -ge 80600; then
    AC_MSG_ERROR([sophmate needs PHP 8.2 to 8.5; $PHP_CONFIG belongs to $($PHP_CONFIG --version)])
  fi
  AC_MSG_RESULT([yes])

  PKG_CHECK_MODULES([LIBSODIUM], [libsodium >= 1.0.18])
  PHP_EVAL_INCLINE([$LIBSODIUM_CFLAGS])
  PHP_EVAL_LIBLINE([$LIBSODIUM_LIBS], [SOPHMATE_SHARED_LIBADD])

  dnl Flags of this extension only: the user's CFLAGS stay as they are.
  sophmate_cflags="-std=gnu11 -fvisibility=hidden -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1 -I@ext_srcdir@"
  sophmate_ldflags=

  m4_define([SOPHMATE_CFLAG], [
    AX_CHECK_COMPILE_FLAG([$1], [sophmate_cflags="$sophmate_cflags $1"], [], [-Werror])
  ])
  m4_define([SOPHMATE_LDFLAG], [
    sophmate_saved=$LDFLAGS
    LDFLAGS="$LDFLAGS $1"
    AC_MSG_CHECKING([whether the linker takes $1])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes])
       sophmate_ldflags="$sophmate_ldflags $1"],
      [AC_MSG_RESULT([no])])
    LDFLAGS=$sophmate_saved
  ])

  SOPHMATE_CFLAG([-fstack-protector-strong])
  SOPHMATE_LDFLAG([-Wl,-z,relro])
  SOPHMATE_LDFLAG([-Wl,-z,now])

  if test "$PHP_SOPHMATE_SANITIZE" != "no"; then
    if test "$PHP_SOPHMATE_SANITIZE" = "yes"; then
      AC_MSG_ERROR([--enable-sophmate-sanitize needs a list, e.g. address,undefined])
    fi
    sophmate_sanitize="-fsanitize=$PHP_SOPHMATE_SANITIZE"
    sophmate_saved=$CFLAGS
    CFLAGS="$CFLAGS $sophmate_sanitize"
    AC_MSG_CHECKING([whether $CC takes $sophmate_sanitize])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes])],
      [AC_MSG_ERROR([$CC does not take $sophmate_sanitize])])
    CFLAGS=$sophmate_saved
    sophmate_cflags="$sophmate_cflags $sophmate_sanitize -fno-sanitize-recover=all -fno-omit-frame-pointer"
    dnl libtool drops -f flags when it links a shared library; -Wc hands them to the compiler driver.
    for sophmate_s in $(echo "$PHP_SOPHMATE_SANITIZE" | tr ',' ' '); do
      sophmate_ldflags="$sophmate_ldflags -Wc,-fsanitize=$sophmate_s"
    done
  else
    dnl Fortify needs optimisation, and a sanitizer sees more without it.
    SOPHMATE_CFLAG([-U_FORTIFY_SOURCE])
    sophmate_cflags="$sophmate_cflags -D_FORTIFY_SOURCE=2"
  fi

  if test "$PHP_SOPHMATE_DEV" != "no"; then
    for sophmate_w in -Wall -Wextra -Wno-unused-parameter -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
      -Wold-style-definition -Wvla -Wwrite-strings -Wpointer-arith -Wformat=2 -Wno-format-nonliteral -Wundef \
      -Wimplicit-fallthrough -Wnull-dereference -Wlogical-op -Wduplicated-cond; do
      AX_CHECK_COMPILE_FLAG([$sophmate_w], [sophmate_cflags="$sophmate_cflags $sophmate_w"], [], [-Werror])
    done
    sophmate_cflags="$sophmate_cflags -Werror"
  fi

  sophmate_sources="sophmate.c"
  for sophmate_file in $abs_srcdir/src/core/*.c $abs_srcdir/src/core/*/*.c $abs_srcdir/src/php/*.c; do
    if test -f "$sophmate_file"; then
      sophmate_sources="$sophmate_sources ${sophmate_file#$abs_srcdir/}"
    fi
  done

  SOPHMATE_SHARED_LIBADD="$SOPHMATE_SHARED_LIBADD $sophmate_ldflags"
  PHP_NEW_EXTENSION([sophmate], [$sophmate_sources], [$ext_shared],, [$sophmate_cflags])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php])
  for sophmate_dir in $abs_srcdir/src/core $abs_srcdir/src/core/*; do
    if test -d "$sophmate_dir"; then
      PHP_ADD_BUILD_DIR([$ext_builddir/${sophmate_dir#$abs_srcdir/}])
    fi
  done
  PHP_ADD_EXTENSION_DEP([sophmate], [spl])
  PHP_ADD_EXTENSION_DEP([sophmate], [json])
  PHP_SUBST([SOPHMATE_SHARED_LIBADD])
  SOPHMATE_SANITIZE=$PHP_SOPHMATE_SANITIZE
  PHP_SUBST([SOPHMATE_SANITIZE])
  PHP_ADD_MAKEFILE_FRAGMENT
fi
