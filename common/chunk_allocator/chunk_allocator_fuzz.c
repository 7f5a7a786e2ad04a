/* SPDX-License-Identifier: MIT */
/* A program in bytes, run on a heap beside its model (chunk_model_host.h).  Four bytes set
 * the heap up; then four a step: what, which block, and a size. */
#include <stdio.h>

#include "base/assert.h"
#include "chunk_allocator/chunk_model_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void panic_at(const char *file, int line, const char *format, ...)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, format);
    abort();
}

#define MAX_STEPS 128 /* more take longer and find nothing else */
_Static_assert(MAX_STEPS < MODEL_BLOCKS, "each step makes one block at most");

static struct model model;

static const char *step(struct model *m, const uint8_t *op)
{
    size_t blocks = m->block_count, number = blocks ? op[1] % blocks : 0;
    size_t size = (size_t)op[2] | (size_t)op[3] << 8;
    size_t align = (size_t)1 << (op[0] >> 4);
    switch (op[0] & 15) {
    case 0: return model_foreign(m, size);
    case 1: return model_foreign(m, size % (m->count + 1) * m->setup.chunk_bytes);
    case 2: return model_extend(m, m->count + op[1] % 80 - 1);
    case 3: return model_used_in(m, op[1], size);
    case 4: return model_blocks(m);
    case 5: return blocks ? model_realloc(m, number, -size, align) : NULL;
    case 6: case 7: case 8:
        return blocks ? model_realloc(m, number, size % 1024, align) : NULL;
    case 9: case 10: case 11: return blocks ? model_free(m, number) : NULL;
    case 12: return model_alloc(m, size, align);
    default: return model_alloc(m, op[2], op[1] & 1 ? align : 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4) return 0;
    size_t count = data[0] | (size_t)(data[1] & 1) << 8;
    size_t chunk = (size_t)1 << (data[2] & 3);
    enum chunk_fit fit = data[2] & 128 ? CHUNK_BEST_FIT : CHUNK_NEXT_FIT;
    const char *wrong = model_init(&model, count, count + data[1] / 4, chunk, data[3], fit);
    if (size > 4 * MAX_STEPS) size = 4 * MAX_STEPS;
    for (size_t i = 4; !wrong && i + 4 <= size; i += 4) wrong = step(&model, data + i);
    if (!wrong) wrong = model_book(&model);
    if (wrong) {
        fprintf(stderr, "does not hold: %s\n", wrong);
        abort();
    }
    model_fini(&model);
    return 0;
}
