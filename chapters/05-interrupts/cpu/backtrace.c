/* SPDX-License-Identifier: MIT */
#include "cpu/backtrace.h"

#include "console/log.h"
#include "cpu/stack.h"
#include "cpu/symbols.h"

enum { BACKTRACE_FRAMES_MAX = 10000, BACKTRACE_LINES_MAX = 12 };

static void log_frame(unsigned depth, uint64_t address)
{
    uint64_t offset;
    const char *name = symbol_find(address, &offset);
    log_error("  #%-3u %#lx %s+%#lx", depth, address, name, offset);
}

/* snippet: walk */
/* The return address above the saved rbp at `rbp`, which becomes the caller's; 0 where the
 * chain ends.  A stack grows down, so a caller's frame lies above. */
static uint64_t caller(uint64_t *rbp)
{
    if (!stack_holds(*rbp, 2 * sizeof(uint64_t))) return 0;
    const uint64_t *frame = (const uint64_t *)*rbp;
    uint64_t above = frame[0], return_address = frame[1];
    *rbp = above > *rbp ? above : 0;
    return return_address;
}

void backtrace_log(uint64_t rip, uint64_t rbp)
{
    unsigned lines = 0, repeats = 0;

    log_frame(0, rip);
    for (unsigned depth = 1; depth < BACKTRACE_FRAMES_MAX; depth++) {
        uint64_t before = rip;
        rip = caller(&rbp);
        /* A function that calls itself for ever is said once. */
        if (rip != 0 && rip == before) {
            repeats++;
            continue;
        }
        if (repeats > 0) log_error("       ... %u more from the same place", repeats);
        repeats = 0;
        if (rip == 0 || ++lines > BACKTRACE_LINES_MAX) return;
        log_frame(depth, rip);
    }
}
/* end: walk */
