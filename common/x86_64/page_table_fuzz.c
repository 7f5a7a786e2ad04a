/* SPDX-License-Identifier: MIT */
/* The input is a program: 25 bytes an operation, made on page tables and on the model.  The
 * first byte chooses levels, page sizes and mapper.  Many short programs find more in the
 * same time than few long ones. */
#include "base/bytes.h"
#define LARGE_PAGES 4096 /* without pages of 1 GiB, which cost a thousand small ones */
#include "x86_64/page_table_model_host.h"

#define OPERATIONS_MAX 40

void panic_at(const char *file, int line, const char *format, ...)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, format);
    __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct bytes input = bytes_of(data, len);
    uint8_t setup, fails;
    uint64_t r, where, pa;
    if (!bytes_read_u8(&input, &setup)) return 0;
    unsigned levels = setup & 1 ? 5 : 4;
    machine_start(levels, setup & 2, setup & 4 ? PT_MAPPER_FUNCTION : PT_MAPPER_OFFSET);
    model_start(levels);
    for (unsigned i = 0; i < OPERATIONS_MAX; i++) {
        if (!bytes_read_u64(&input, &r) || !bytes_read_u64(&input, &where) ||
            !bytes_read_u64(&input, &pa) || !bytes_read_u8(&input, &fails))
            break;
        /* The allocation of this call that fails, by its number. */
        machine.fails_from = fails < 16 ? machine.allocs + fails : UINT64_MAX;
        machine.fails_until = fails < 16 ? machine.fails_from + 1 : UINT64_MAX;
        model_step(r, where, pa);
    }
    check_everything();
    if (machine.fault) {
        fprintf(stderr, "%s\n", machine.fault);
        __builtin_trap();
    }
    return 0;
}
