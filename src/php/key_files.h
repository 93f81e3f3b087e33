/* key_files: which files and folders are trusted with a seed, and how one is read, written and destroyed. */
#ifndef SOPHMATE_KEY_FILES_H
#define SOPHMATE_KEY_FILES_H

#include "keyring.h"

/* What a key file says. Holds a seed: wipe it. */
typedef struct sophmate_key_file {
	char origin[SM_NOTE_NAME_MAX + 1];
	uint8_t seed[SM_LOG_SEED_LEN];
} sophmate_key_file;

/** Opens key_dir: an absolute path to a folder that, with all folders above it, belongs to root or to this process's user and can be
 *  written by nobody else (a folder above it may be one like /tmp), and that is not inside the document root.
 *  @param in_request   false: there is no request yet that knows a document root
 *  @return a descriptor, or -1 with `problem` set; "" in it: key_dir is not set */
int sophmate_key_dir_open(bool in_request, char problem[SOPHMATE_PROBLEM_MAX]);
/** Reads log-DIGITS.key: a plain file with one name, of root or this process's user, of mode 0600 or 0400.
 *  @return false with `problem` set; "" in it: there is no such file */
bool sophmate_key_file_read(int dir, const char *name, sophmate_key_file *out, char problem[SOPHMATE_PROBLEM_MAX]);
/** Old or new, never half. @return false with `problem` set */
bool sophmate_key_file_write(int dir, const char *name, sm_bytes text, char problem[SOPHMATE_PROBLEM_MAX]);
/** Overwrites, then removes. True where there is no such file. */
bool sophmate_key_file_destroy(int dir, const char *name, char problem[SOPHMATE_PROBLEM_MAX]);

/** All of it, whatever interrupts. @return false with errno set; a part of it may be written */
bool sophmate_write_all(int fd, sm_bytes text);
/** A file in `dir`, written beside its place and renamed into it, both made durable. @return false with errno set */
bool sophmate_replace_file(int dir, const char *name, sm_bytes text, mode_t mode);

#endif
