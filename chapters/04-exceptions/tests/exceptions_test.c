/* SPDX-License-Identifier: MIT */
/* Every exception that ring 0 can raise: the right vector, error code and place, and the
 * interrupted code goes on.  #AC needs ring 3, #MC and NMI real events: their gates are
 * entered by `int`, which shows the gate and its stack but not the event. */
#include "cpu/exception_report.h"
#include "cpu/stack.h"
#include "cpu/symbols.h"
#include "cpu/trap.h"
#include "tests/suites.h"
#include "x86_64/control.h"
#include "x86_64/exception.h"

/* In tests/raise.asm. */
#define RAISE(name) \
    void raise_##name(void); \
    extern const char raise_##name##_at[], raise_##name##_next[]
RAISE(divide_error);
RAISE(breakpoint);
RAISE(overflow);
RAISE(invalid_opcode);
RAISE(no_device);
RAISE(not_canonical);
RAISE(missing_selector);
RAISE(missing_read);
RAISE(missing_write);
RAISE(nmi);
RAISE(machine_check);
RAISE(interrupt_32);
RAISE(interrupt_128);
RAISE(interrupt_255);
RAISE(double_fault);
extern uint64_t raise_double_fault_rsp;
void raise_registers(void);
extern const char raise_registers_next[];
extern const uint64_t raise_registers_after[15];

/* What the last caught exception left, and where its code goes on. */
static struct trap_frame caught;
static uint64_t caught_cr2, handler_stack, go_on_rip;
static unsigned caught_count;

/* snippet: catch */
static void catch_and_go_on(struct trap_frame *frame)
{
    caught = *frame;
    caught_cr2 = cr2_read_raw();
    handler_stack = (uint64_t)frame;
    caught_count++;
    frame->rip = go_on_rip;
}

/* Runs `raise` with `vector` caught; the caller looks at what was caught. */
static void catch(uint8_t vector, void (*raise)(void), const char *next)
{
    trap_handler before = trap_set_handler(vector, catch_and_go_on);
    go_on_rip = (uint64_t)next;
    caught_count = 0;
    raise();
    trap_set_handler(vector, before);
    KTEST_EXPECT_EQ(caught_count, 1);
    KTEST_EXPECT_EQ(caught.vector, vector);
}
/* end: catch */

#define EXPECT_FAULT(vector, name, error_code)                \
    do {                                                      \
        catch((vector), raise_##name, raise_##name##_next);   \
        KTEST_EXPECT_EQ(caught.rip, raise_##name##_at);       \
        KTEST_EXPECT_EQ(caught.error, (error_code));          \
    } while (0)

#define EXPECT_TRAP(vector, name)                             \
    do {                                                      \
        catch((vector), raise_##name, raise_##name##_next);   \
        KTEST_EXPECT_EQ(caught.rip, raise_##name##_next);     \
        KTEST_EXPECT_EQ(caught.error, 0);                     \
    } while (0)

static void divide_error(void) { EXPECT_FAULT(EXCEPTION_DE, divide_error, 0); }
static void breakpoint(void) { EXPECT_TRAP(EXCEPTION_BP, breakpoint); }
static void overflow(void) { EXPECT_TRAP(EXCEPTION_OF, overflow); }
static void invalid_opcode(void) { EXPECT_FAULT(EXCEPTION_UD, invalid_opcode, 0); }

static void device_not_available(void)
{
    cr0_update(CR0_TS, 0);
    EXPECT_FAULT(EXCEPTION_NM, no_device, 0);
    cr0_update(0, CR0_TS);
}

static void general_protection(void)
{
    EXPECT_FAULT(EXCEPTION_GP, not_canonical, 0);
    EXPECT_FAULT(EXCEPTION_GP, missing_selector, 0x1230);
    KTEST_EXPECT_EQ(selector_error_decode(caught.error).index, 0x1230 / 8);
}

static void page_fault(void)
{
    EXPECT_FAULT(EXCEPTION_PF, missing_read, 0);
    KTEST_EXPECT_EQ(caught_cr2, 0x140000000);
    EXPECT_FAULT(EXCEPTION_PF, missing_write, PAGE_FAULT_WRITE);
}

/* snippet: double_fault */
static void catch_double_fault(struct trap_frame *frame)
{
    catch_and_go_on(frame);
    frame->rsp = raise_double_fault_rsp;
}

/* The protection that this chapter is about: the guard page stops a stack that has run over,
 * the report comes from another stack, and here the kernel even goes on. */
static void double_fault_in_the_guard_page(void)
{
    trap_handler before = trap_set_handler(EXCEPTION_DF, catch_double_fault);
    go_on_rip = (uint64_t)raise_double_fault_next;
    caught_count = 0;
    raise_double_fault();
    trap_set_handler(EXCEPTION_DF, before);

    KTEST_EXPECT_EQ(caught_count, 1);
    KTEST_EXPECT_EQ(caught.vector, EXCEPTION_DF);
    KTEST_EXPECT_EQ(caught.error, 0);
    KTEST_EXPECT_EQ(caught.rip, raise_double_fault_at);
    KTEST_EXPECT(stack_guard_holds(caught_cr2));
    KTEST_EXPECT_EQ(handler_stack + sizeof caught, stack_top(IST_DOUBLE_FAULT));
}
/* end: double_fault */

static void nmi_and_machine_check_have_stacks_of_their_own(void)
{
    EXPECT_TRAP(EXCEPTION_NMI, nmi);
    KTEST_EXPECT_EQ(handler_stack + sizeof caught, stack_top(IST_NMI));
    EXPECT_TRAP(EXCEPTION_MC, machine_check);
    KTEST_EXPECT_EQ(handler_stack + sizeof caught, stack_top(IST_MACHINE_CHECK));
}

static void interrupts_from_32_on_arrive(void)
{
    EXPECT_TRAP(32, interrupt_32);
    EXPECT_TRAP(128, interrupt_128);
    EXPECT_TRAP(255, interrupt_255);
}

/* Every register lies where struct trap_frame says, and comes back as it was. */
static void the_frame_holds_every_register(void)
{
    const uint64_t pattern = UINT64_C(0x0101010101010101);

    catch(EXCEPTION_BP, raise_registers, raise_registers_next);
    const uint64_t general[15] = {
        caught.r15, caught.r14, caught.r13, caught.r12, caught.r11,
        caught.r10, caught.r9,  caught.r8,  caught.rbp, caught.rdi,
        caught.rsi, caught.rdx, caught.rcx, caught.rbx, caught.rax,
    };
    for (unsigned i = 0; i < 15; i++) {
        KTEST_EXPECT_EQ(general[i], pattern * (i + 1));
        KTEST_EXPECT_EQ(raise_registers_after[i], pattern * (i + 1));
    }
}

/* What a handler leaves in the frame is what the code goes on with. */
static void put_42_in_rbx(struct trap_frame *frame)
{
    frame->rbx = 42;
}

static void a_handler_may_change_registers(void)
{
    uint64_t rbx = 7;
    trap_handler before = trap_set_handler(EXCEPTION_BP, put_42_in_rbx);
    __asm__ volatile("int3" : "+b"(rbx));
    trap_set_handler(EXCEPTION_BP, before);
    KTEST_EXPECT_EQ(rbx, 42);
}

/* CR2 may hold an address that is none: reporting it must not fault again. */
static void a_report_survives_any_cr2(void)
{
    struct trap_frame frame = {.vector = EXCEPTION_PF, .rip = UINT64_MAX, .rbp = 1};
    insn_write_cr2(UINT64_C(0x8000000000000000));
    exception_report(&frame);
    KTEST_EXPECT_EQ(cr2_read_raw(), UINT64_C(0x8000000000000000));
}

static void functions_have_names(void)
{
    uint64_t offset;
    KTEST_EXPECT_STR_EQ(symbol_find((uint64_t)trap_init, &offset), "trap_init");
    KTEST_EXPECT_EQ(offset, 0);
    KTEST_EXPECT_STR_EQ(symbol_find((uint64_t)raise_breakpoint + 1, &offset), "raise_breakpoint");
    KTEST_EXPECT_EQ(offset, 1);
    KTEST_EXPECT_STR_EQ(symbol_find(0, &offset), "?");
    KTEST_EXPECT_STR_EQ(symbol_find(UINT64_MAX, &offset), "?");
}

static const struct ktest_case cases[] = {
    {"divide_error", divide_error},
    {"breakpoint", breakpoint},
    {"overflow", overflow},
    {"invalid_opcode", invalid_opcode},
    {"device_not_available", device_not_available},
    {"general_protection", general_protection},
    {"page_fault", page_fault},
    {"double_fault_in_the_guard_page", double_fault_in_the_guard_page},
    {"nmi_and_machine_check_have_stacks_of_their_own",
     nmi_and_machine_check_have_stacks_of_their_own},
    {"interrupts_from_32_on_arrive", interrupts_from_32_on_arrive},
    {"the_frame_holds_every_register", the_frame_holds_every_register},
    {"a_handler_may_change_registers", a_handler_may_change_registers},
    {"a_report_survives_any_cr2", a_report_survives_any_cr2},
    {"functions_have_names", functions_have_names},
};
const struct ktest_suite exceptions_suite = KTEST_SUITE("exceptions", cases);
