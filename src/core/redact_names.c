/* Names of fields whose values are never stored. */
#include "redact_match.h"

#include <string.h>

/* As they are compared: letters and digits alone, lower case. */
static const char *const whole[] = {
	"password", "passwd", "pwd", "passphrase", "pass1", "pass2", "secret", "token", "apikey", "authorization", "cookie", "cvv", "cvc", "cvv2", "cvc2",
	"csc", "pan", "ccnumber", "cardno", "pin", "otp", "credentials", "jwt", "bearer", "auth"
};

/* ... and of every longer name that ends with one of these. */
static const char *const endings[] = {
	"password", "passwd", "passphrase", "userpass", "dbpass", "smtppass", "secret", "apikey", "apisecret", "apitoken", "secretkey", "privatekey",
	"accesskey", "signingkey", "encryptionkey", "licensekey", "accesstoken", "refreshtoken", "authtoken", "bearertoken", "sessiontoken", "idtoken",
	"clienttoken", "securitytoken", "resettoken", "csrftoken", "authorization", "cookie", "cardnumber", "cardcvc", "cardcvv", "securitycode",
	"authkey", "authsalt", "secureauthkey", "secureauthsalt", "loggedinkey", "loggedinsalt", "noncekey", "noncesalt"
};

/* @return length; more than SM_REDACT_NAME_MAX bytes are no name */
static size_t plain(sm_bytes name, char out[SM_REDACT_NAME_MAX])
{
	size_t n = 0;
	for (size_t i = 0; name.n <= SM_REDACT_NAME_MAX && i < name.n; i++) {
		char c = name.p[i];
		if (c >= 'A' && c <= 'Z') {
			c = (char)(c - 'A' + 'a');
		}
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80) {
			out[n++] = c;
		}
	}
	return n;
}

bool sm_secret_name(const sm_redaction *rules, sm_bytes name)
{
	char own[SM_REDACT_NAME_MAX], declared[SM_REDACT_NAME_MAX];
	size_t n = plain(name, own);
	if (n < 2 || (name.n > 10 && memcmp(name.p, "[redacted:", 10) == 0)) {
		return false;
	}
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		if (strlen(whole[i]) == n && memcmp(whole[i], own, n) == 0) {
			return true;
		}
	}
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t m = strlen(endings[i]);
		if (n >= m && memcmp(endings[i], own + n - m, m) == 0) {
			return true;
		}
	}
	for (; rules != NULL; rules = rules->more) {
		for (size_t i = 0; i < rules->n_names; i++) {
			size_t m = plain(rules->names[i], declared);
			if (m == n && memcmp(declared, own, n) == 0) {
				return true;
			}
		}
	}
	return false;
}

bool sm_name_is_weak(sm_bytes name)
{
	static const char *const weak[] = {"token", "pin", "otp", "auth", "pan", "cookie", "bearer", "credentials", "secret"};
	char own[SM_REDACT_NAME_MAX];
	size_t n = plain(name, own);
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		if (strlen(weak[i]) == n && memcmp(weak[i], own, n) == 0) {
			return true;
		}
	}
	return false;
}
