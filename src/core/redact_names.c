/* Names of fields whose values are never stored. */
#include "redact_match.h"

#include <string.h>

/* As they are compared: letters and digits alone, lower case. */
static const sm_bytes whole[] = {
	SM_LIT("password"), SM_LIT("passwd"), SM_LIT("pwd"), SM_LIT("passphrase"), SM_LIT("pass1"), SM_LIT("pass2"), SM_LIT("secret"),
	SM_LIT("token"), SM_LIT("apikey"), SM_LIT("authorization"), SM_LIT("cookie"), SM_LIT("cvv"), SM_LIT("cvc"), SM_LIT("cvv2"),
	SM_LIT("cvc2"), SM_LIT("csc"), SM_LIT("pan"), SM_LIT("ccnumber"), SM_LIT("cardno"), SM_LIT("pin"), SM_LIT("otp"),
	SM_LIT("credentials"), SM_LIT("jwt"), SM_LIT("bearer"), SM_LIT("auth")
};

/* ... and of every longer name that ends with one of these, and of those that have digits behind it. */
static const sm_bytes endings[] = {
	SM_LIT("password"), SM_LIT("passwordconfirmation"), SM_LIT("passwordconfirm"), SM_LIT("passwordrepeat"), SM_LIT("passwordagain"), SM_LIT("passwordhash"), SM_LIT("passwd"), SM_LIT("passphrase"), SM_LIT("userpass"), SM_LIT("dbpass"), SM_LIT("smtppass"),
	SM_LIT("secret"), SM_LIT("apikey"), SM_LIT("apisecret"), SM_LIT("apitoken"), SM_LIT("secretkey"), SM_LIT("privatekey"),
	SM_LIT("accesskey"), SM_LIT("signingkey"), SM_LIT("encryptionkey"), SM_LIT("licensekey"), SM_LIT("accesstoken"),
	SM_LIT("refreshtoken"), SM_LIT("authtoken"), SM_LIT("bearertoken"), SM_LIT("sessiontoken"), SM_LIT("idtoken"),
	SM_LIT("clienttoken"), SM_LIT("securitytoken"), SM_LIT("resettoken"), SM_LIT("csrftoken"), SM_LIT("authorization"),
	SM_LIT("cookie"), SM_LIT("cardnumber"), SM_LIT("cardcvc"), SM_LIT("cardcvv"), SM_LIT("securitycode"), SM_LIT("authkey"),
	SM_LIT("authsalt"), SM_LIT("secureauthkey"), SM_LIT("secureauthsalt"), SM_LIT("loggedinkey"), SM_LIT("loggedinsalt"),
	SM_LIT("noncekey"), SM_LIT("noncesalt")
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
	char last = own[n - 1];
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		if (whole[i].n == n && whole[i].p[n - 1] == last && memcmp(whole[i].p, own, n) == 0) {
			return true;
		}
	}
	size_t end = n;
	while (end > 0 && own[end - 1] >= '0' && own[end - 1] <= '9') {
		end--;
	}
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t m = endings[i].n;
		if (end >= m && endings[i].p[m - 1] == own[end - 1] && memcmp(endings[i].p, own + end - m, m) == 0) {
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
	static const sm_bytes weak[] = {SM_LIT("token"), SM_LIT("pin"), SM_LIT("otp"), SM_LIT("auth"), SM_LIT("pan"), SM_LIT("cookie"), SM_LIT("bearer"), SM_LIT("credentials"), SM_LIT("secret")};
	char own[SM_REDACT_NAME_MAX];
	size_t n = plain(name, own);
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		if (weak[i].n == n && memcmp(weak[i].p, own, n) == 0) {
			return true;
		}
	}
	return false;
}
