/* SPDX-License-Identifier: MIT */
#include "cpu/stack.h"

#include "x86_64/control.h"

enum { PAGE_BYTES = 4096, PAGES_PER_TABLE = 512, BIG_PAGE_BYTES = PAGE_BYTES * PAGES_PER_TABLE };
enum { PAGE_PRESENT = 1 << 0, PAGE_WRITE = 1 << 1 };

/* In boot/start.asm. */
extern uint8_t boot_stack_guard[PAGE_BYTES], boot_stack[], boot_stack_top[];
extern uint64_t page_tables_level2[4 * PAGES_PER_TABLE];

static _Alignas(16) uint8_t interrupt_stacks[IST_LAST][4 * PAGE_BYTES];

/* snippet: guard */
/* start.asm has mapped 2 MiB pages.  The one that holds the guard is cut into 4 KiB pages,
 * all as before but for the guard itself, which is left out. */
void stack_guard_init(void)
{
    static _Alignas(PAGE_BYTES) uint64_t page_table[PAGES_PER_TABLE];
    uint64_t guard = (uint64_t)boot_stack_guard;
    uint64_t big_page = guard & ~(uint64_t)(BIG_PAGE_BYTES - 1);

    for (uint64_t i = 0; i < PAGES_PER_TABLE; i++) {
        uint64_t address = big_page + i * PAGE_BYTES;
        page_table[i] = address == guard ? 0 : address | PAGE_PRESENT | PAGE_WRITE;
    }
    page_tables_level2[big_page / BIG_PAGE_BYTES] =
        (uint64_t)page_table | PAGE_PRESENT | PAGE_WRITE;
    cr3_write(cr3_read()); /* the processor forgets what it remembered of the old tables */
}
/* end: guard */

uint64_t stack_top(unsigned ist)
{
    return (uint64_t)interrupt_stacks[ist - 1] + sizeof interrupt_stacks[0];
}

/* snippet: stack_holds */
static bool within(uint64_t address, size_t len_bytes, const void *start, const void *end)
{
    return address >= (uint64_t)start && address < (uint64_t)end &&
           len_bytes <= (uint64_t)end - address;
}

bool stack_holds(uint64_t address, size_t len_bytes)
{
    if (within(address, len_bytes, boot_stack, boot_stack_top)) return true;
    for (unsigned i = 0; i < IST_LAST; i++)
        if (within(address, len_bytes, interrupt_stacks[i], interrupt_stacks[i + 1]))
            return true;
    return false;
}
/* end: stack_holds */

bool stack_guard_holds(uint64_t address)
{
    return within(address, 1, boot_stack_guard, boot_stack_guard + PAGE_BYTES);
}
