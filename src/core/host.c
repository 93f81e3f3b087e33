/* The only file of the core that asks the operating system for anything: time and chance. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* CLOCK_BOOTTIME */
#endif
#include "base.h"

#include <sodium.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>

static int64_t system_wall(void *ctx)
{
	FILETIME t;

	(void)ctx;
	GetSystemTimePreciseAsFileTime(&t); /* 100 ns since 1601-01-01 */
	return (int64_t)(((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) / 10) - INT64_C(11644473600000000);
}

static int64_t system_boot(void *ctx)
{
	(void)ctx;
	return (int64_t)GetTickCount64() * 1000; /* goes on while the machine sleeps */
}
#else
#include <time.h>

#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME CLOCK_MONOTONIC
#endif

static int64_t clock_us(clockid_t clock)
{
	struct timespec t = {0};

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + (int64_t)t.tv_nsec / 1000;
}

static int64_t system_wall(void *ctx)
{
	(void)ctx;
	return clock_us(CLOCK_REALTIME);
}

static int64_t system_boot(void *ctx)
{
	(void)ctx;
	return clock_us(CLOCK_BOOTTIME);
}
#endif

static void system_random(void *ctx, void *p, size_t n)
{
	(void)ctx;
	randombytes_buf(p, n);
}

const sm_host sm_host_system = {system_wall, system_boot, system_random, NULL};

/* ---- event ids ---- */

#define ID_MAX_MS ((UINT64_C(1) << 48) - 1)

void sm_event_id(const sm_host *host, const char *last, char out[SM_ID_SIZE])
{
	int64_t now = host->wall_us(host->ctx);
	uint64_t ms = now < 0 ? 0 : (uint64_t)now / 1000;
	unsigned counter = 0;
	uint8_t raw[16];

	ms = ms > ID_MAX_MS ? ID_MAX_MS : ms;
	if (sm_unhex(raw, sizeof(raw), sm_cstr(last))) {
		uint64_t last_ms = 0;

		for (int i = 0; i < 6; i++) {
			last_ms = last_ms << 8 | raw[i];
		}
		if (ms <= last_ms) {
			ms = last_ms;
			counter = ((raw[6] & 0x0Fu) << 8 | raw[7]) + 1;
		}
		if (counter > 0xFFF) {
			counter = ms < ID_MAX_MS ? 0 : 0xFFF;
			ms = ms < ID_MAX_MS ? ms + 1 : ms;
		}
	}
	host->random(host->ctx, raw + 8, 8);
	for (int i = 0; i < 6; i++) {
		raw[i] = (uint8_t)(ms >> (40 - 8 * i));
	}
	raw[6] = (uint8_t)(0x70 | counter >> 8);
	raw[7] = (uint8_t)counter;
	raw[8] = (uint8_t)(0x80 | (raw[8] & 0x3F));
	sm_hex(out, raw, sizeof(raw));
}
