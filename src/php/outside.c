#include "outside.h"

typedef struct block {
	struct block *next, **self;
} block;

struct sophmate_outside {
	sm_alloc alloc;
	block *blocks;
	zend_resource *resource; /* PHP closes it, whatever ended the request */
};

static int outside_type;

static void *outside_alloc(void *ctx, size_t n)
{
	sophmate_outside *outside = ctx;
	block *b = n <= SIZE_MAX - sizeof(*b) ? malloc(sizeof(*b) + n) : NULL;

	if (b == NULL) {
		return NULL;
	}
	b->next = outside->blocks;
	b->self = &outside->blocks;
	if (b->next != NULL) {
		b->next->self = &b->next;
	}
	outside->blocks = b;
	return b + 1;
}

static void outside_release(void *ctx, void *p)
{
	block *b = (block *)p - 1;

	*b->self = b->next;
	if (b->next != NULL) {
		b->next->self = b->self;
	}
	free(b);
}

static void close_outside(zend_resource *resource)
{
	sophmate_outside *outside = resource->ptr;

	while (outside->blocks != NULL) {
		outside_release(outside, outside->blocks + 1);
	}
	free(outside);
}

void sophmate_outside_minit(int module_number)
{
	outside_type = zend_register_list_destructors_ex(close_outside, NULL, "sophmate memory", module_number);
}

sophmate_outside *sophmate_outside_new(void)
{
	sophmate_outside *outside = pecalloc(1, sizeof(*outside), 1);

	outside->alloc = (sm_alloc){outside_alloc, outside_release, outside};
	outside->resource = zend_register_resource(outside, outside_type);
	return outside;
}

const sm_alloc *sophmate_outside_alloc(const sophmate_outside *outside)
{
	return &outside->alloc;
}

void sophmate_outside_free(sophmate_outside *outside)
{
	zend_list_close(outside->resource);
}
