/* Where tiles lie and how wide they are. */
#include "support.h"

#include "export.h"

#include <sodium.h>
#include <string.h>

static void paths_are_those_of_the_text(void **state)
{
	static const struct {
		sm_tile tile;
		const char *path;
	} table[] = {
		{{0, 0, 256}, "tile/0/000"}, {{0, 1234067, 256}, "tile/0/x001/x234/067"}, {{7, 999, 1}, "tile/7/999.p/1"}, {{1, 1000, 255}, "tile/1/x001/000.p/255"},
		{{SM_TILE_ENTRIES, 0, 17}, "tile/entries/000.p/17"}, {{SM_TILE_ENTRIES, 999999, 256}, "tile/entries/x999/999"},
		{{0, INT64_MAX >> 8, 255}, "tile/0/x036/x028/x797/x018/x963/967.p/255"},
	};
	char path[SM_TILE_PATH_SIZE];
	sm_tile t;
	sm_error e;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_true(sm_tile_path(&table[i].tile, path));
		assert_string_equal(path, table[i].path);
		assert_int_equal(sm_tile_path_read(sm_cstr(path), &t, &e), SM_OK);
		assert_true(t.level == table[i].tile.level && t.index == table[i].tile.index && t.width == table[i].tile.width);
	}
	static const sm_tile none[] = {{-2, 0, 1}, {8, 0, 1}, {0, (INT64_MAX >> 8) + 1, 1}, {0, 0, 0}, {0, 0, 257}};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_false(sm_tile_path(&none[i], path));
		assert_string_equal(path, "");
	}
	static const char *const bad[] = {"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000", "tile/0/x000/000",
		"tile/0/x001/x234/067/", "tile/0/x001/234/067", "tile/0/001/067", "tile/0/x1/067", "tile/00/000", "tile/8/000", "tile/-1/000", "tile/64/000",
		"tile/entries", "tile/entries/", "tile/Entries/000", "tile/data/000", "Tile/0/000", "/tile/0/000", "tile//000", "tile/0//000", "tile/0/000.p",
		"tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/1/", "tile/0/000.p/1/1", "tile/0/000.q/1", "tile/0/00a",
		"tile/0/000 ", "tile/0/000\n", "tile/0/../000", "tile/0/x036/x028/x797/x018/x963/968", "tile/0/x999/x999/x999/x999/x999/x999/999",
		"tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/001"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (sm_tile_path_read(sm_cstr(bad[i]), &t, &e) != SM_E_SYNTAX) {
			fail_msg("%s is taken", bad[i]);
		}
	}
	assert_int_equal(sm_tile_path_read((sm_bytes){NULL, 0}, &t, &e), SM_E_SYNTAX);
	assert_non_null(strstr(e.message, "is not the path of a tile"));
}

static void any_path_is_read_as_one_tile(void **state)
{
	test_random r;
	char path[SM_TILE_PATH_SIZE], again[SM_TILE_PATH_SIZE];
	sm_tile t;

	test_random_init(&r);
	for (int i = 0; i < 20000; i++) {
		t = (sm_tile){(int)test_random_below(&r, 9) - 1, test_random_next(&r) >> (9 + test_random_below(&r, 55)), 1 + (unsigned)test_random_below(&r, 256)};
		assert_true(sm_tile_path(&t, path));
		if (i % 2 == 0) {
			path[test_random_below(&r, strlen(path))] = "0x/.p9e"[test_random_below(&r, 7)];
		}
		sm_tile back;

		if (sm_tile_path_read(sm_cstr(path), &back, NULL) == SM_OK) {
			assert_true(sm_tile_path(&back, again));
			assert_string_equal(path, again);
		} else {
			assert_int_equal(i % 2, 0);
		}
	}
}

static void widths_are_those_of_the_text(void **state)
{
	/* The example of tlog-tiles. */
	assert_int_equal(sm_tile_width(70000, 0, 272), 256);
	assert_int_equal(sm_tile_width(70000, 0, 273), 112);
	assert_int_equal(sm_tile_width(70000, 0, 274), 0);
	assert_int_equal(sm_tile_width(70000, 1, 0), 256);
	assert_int_equal(sm_tile_width(70000, 1, 1), 17);
	assert_int_equal(sm_tile_width(70000, 1, 2), 0);
	assert_int_equal(sm_tile_width(70000, 2, 0), 1);
	assert_int_equal(sm_tile_width(70000, 3, 0), 0);
	assert_int_equal(sm_tile_width(70000, SM_TILE_ENTRIES, 273), 112);
	assert_int_equal(sm_tile_width(256, 0, 0), 256);
	assert_int_equal(sm_tile_width(256, 1, 0), 1);
	assert_int_equal(sm_tile_width(0, 0, 0), 0);
	assert_int_equal(sm_tile_width(SM_TREE_SIZE_MAX, 7, 0), 127);
	assert_int_equal(sm_tile_width(SM_TREE_SIZE_MAX, 0, INT64_MAX >> 8), 255);
	assert_int_equal(sm_tile_width(SM_TREE_SIZE_MAX, 0, UINT64_MAX), 0);
	assert_int_equal(sm_tile_width(1, 8, 0), 0);
	assert_int_equal(sm_tile_width(1, -2, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_those_of_the_text),
		cmocka_unit_test(any_path_is_read_as_one_tile),
		cmocka_unit_test(widths_are_those_of_the_text),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
