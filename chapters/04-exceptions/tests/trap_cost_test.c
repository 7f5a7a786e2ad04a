/* SPDX-License-Identifier: MIT */
/* What an exception costs from the instruction that raises it to the one that is next, and
 * what a backtrace costs, each with the least that could be there in its place.  tools/bench
 * reads the figures; that the kernel's way is the longer one is asserted. */
#include "console/console.h"
#include "cpu/backtrace.h"
#include "cpu/symbols.h"
#include "cpu/trap.h"
#include "tests/cost.h"
#include "tests/suites.h"
#include "x86_64/exception.h"

#define RAISE(name)                                          \
    void raise_##name(void);                                 \
    extern const char raise_##name##_at[], raise_##name##_next[]
/* In tests/raise.asm. */
RAISE(breakpoint);
RAISE(invalid_opcode);
RAISE(missing_read);
/* In tests/cost_stubs.asm. */
void cost_nothing(void);
void cost_thousand_nops(void);
extern const char cost_stub_breakpoint[], cost_stub_invalid_opcode[], cost_stub_page_fault[];

static uint64_t handled, go_on_rip;

static void handle(struct trap_frame *frame)
{
    handled++;
    frame->rip = go_on_rip;
}

struct exception_cost {
    const char *name, *stub_name, *stub, *next;
    void (*raise)(void);
    uint8_t vector;
};

/* Noise only makes it longer: what is no less than `ours` is measured again. */
static uint64_t least_cost(const struct cost_job *job, uint64_t ours)
{
    uint64_t least = cost_of(job);
    for (unsigned again = 0; least >= ours && again < 50; again++) least = cost_of(job);
    return least;
}

static void compare(const struct exception_cost *e)
{
    const struct cost_job job = {.run = e->raise, .without = cost_nothing};

    handled = 0;
    go_on_rip = (uint64_t)e->next;
    trap_handler before = trap_set_handler(e->vector, handle);
    uint64_t ours = cost_of(&job);
    trap_set_handler(e->vector, before);
    KTEST_EXPECT(handled >= COST_RUNS);
    handled = 0;
    struct idt_gate gate = cost_set_gate(e->vector, cost_gate_to(e->stub));
    uint64_t least = least_cost(&job, ours);
    cost_set_gate(e->vector, gate);
    KTEST_EXPECT_EQ(handled, 0);
    KTEST_EXPECT(least > 0);
    KTEST_EXPECT(ours > least);
    cost_note(e->name, ours);
    cost_note(e->stub_name, least);
}

/* Whoever reads the figures sees by this one what a tick is. */
static void note_what_a_tick_is(void)
{
    const struct cost_job job = {.run = cost_thousand_nops, .without = cost_nothing};
    cost_note("thousand-nops", cost_of(&job));
}

static void breakpoint(void)
{
    note_what_a_tick_is();
    compare(&(struct exception_cost){"breakpoint", "breakpoint-stub", cost_stub_breakpoint,
                                     raise_breakpoint_next, raise_breakpoint, EXCEPTION_BP});
}

static void invalid_opcode(void)
{
    KTEST_REQUIRE(raise_invalid_opcode_next - raise_invalid_opcode_at == 2);
    compare(&(struct exception_cost){
        "invalid-opcode", "invalid-opcode-stub", cost_stub_invalid_opcode,
        raise_invalid_opcode_next, raise_invalid_opcode, EXCEPTION_UD});
}

static void page_fault(void)
{
    KTEST_REQUIRE(raise_missing_read_next - raise_missing_read_at == 9);
    compare(&(struct exception_cost){"page-fault", "page-fault-stub", cost_stub_page_fault,
                                     raise_missing_read_next, raise_missing_read,
                                     EXCEPTION_PF});
}

/* ---- backtraces ------------------------------------------------------------------------- */

/* Callers that never called: frames on this stack, as rbp would lead to them. */
enum { CALLERS = 8 };
struct frame {
    uint64_t above, return_address;
};
static const struct frame *innermost;
static volatile uint64_t seen;

static void walk_only(void)
{
    uint64_t sum = 0;
    for (const struct frame *f = innermost; f; f = (const struct frame *)f->above)
        sum += f->return_address;
    seen = sum;
}

static void walk_and_name(void)
{
    uint64_t offset;
    for (const struct frame *f = innermost; f; f = (const struct frame *)f->above)
        seen = (uint64_t)symbol_find(f->return_address, &offset);
}

static void walk_and_log(void)
{
    backtrace_log((uint64_t)walk_and_log, (uint64_t)innermost);
}

static void backtrace(void)
{
    void (*const called_from[CALLERS])(void) = {
        cost_nothing, raise_breakpoint, breakpoint, trap_init,
        invalid_opcode, cost_thousand_nops, page_fault, walk_only};
    struct frame frames[CALLERS];

    for (unsigned i = 0; i < CALLERS; i++) {
        frames[i].above = i + 1 < CALLERS ? (uint64_t)&frames[i + 1] : 0;
        frames[i].return_address = (uint64_t)called_from[i] + 1;
    }
    innermost = frames;
    console_init(NULL);         /* to COM1 only; the screen is not what is measured */
    uint64_t walk = cost_of(&(struct cost_job){.run = walk_only, .without = cost_nothing});
    uint64_t names = cost_of(&(struct cost_job){.run = walk_and_name, .without = cost_nothing});
    uint64_t logged = cost_of(&(struct cost_job){
        .run = walk_and_log, .without = cost_nothing, .runs_in_a_row = 1, .tries = 2});
    innermost = NULL;
    KTEST_EXPECT(names > walk);
    KTEST_EXPECT(logged > names);
    cost_note("backtrace-logged", logged);
    cost_note("backtrace-named", names);
    cost_note("backtrace-stub", walk);
}

static const struct ktest_case cases[] = {
    {"breakpoint", breakpoint},
    {"invalid_opcode", invalid_opcode},
    {"page_fault", page_fault},
    {"backtrace", backtrace},
};
const struct ktest_suite trap_cost_suite = KTEST_SUITE("trap_cost", cases);
