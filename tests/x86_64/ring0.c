/* SPDX-License-Identifier: MIT */
/* The x86_64 library on a processor that is not played: its tables are loaded, its
 * registers written, its exceptions taken.  Prints "ok NAME" or "not ok NAME" on COM1,
 * then "done". */
#include "x86_64/apic_msr.h"
#include "x86_64/cache.h"
#include "x86_64/cpuid_read.h"
#include "x86_64/debug.h"
#include "x86_64/exception.h"
#include "x86_64/idt.h"
#include "x86_64/interrupts.h"
#include "x86_64/mtrr.h"
#include "x86_64/port.h"
#include "x86_64/random.h"
#include "x86_64/smap.h"
#include "x86_64/syscall_msr.h"
#include "x86_64/tlb.h"
#include "x86_64/trap_frame.h"
#include "x86_64/tsc.h"
#include "x86_64/tss.h"
#include "x86_64/xsave.h"

static const port8_wo com1 = {0x3f8};
static const port32_wo debug_exit = {0xf4};

static void put(const char *text)
{
    for (; *text; text++) port_write(com1, (uint8_t)*text);
}

static void finish(void)
{
    put("done\n");
    port_write(debug_exit, 0x10);
    for (;;) insn_hlt();
}

void panic_at(const char *file, int line, const char *format, ...)
{
    (void)line;
    put("not ok panic in ");
    put(file);
    put(format);
    put("\n");
    finish();
    __builtin_unreachable();
}

static void check(bool ok, const char *name)
{
    put(ok ? "ok " : "not ok ");
    put(name);
    put("\n");
}

/* What gcc and clang may call. */
void *memset(void *to, int value, size_t n);
void *memset(void *to, int value, size_t n)
{
    uint8_t *p = to;
    while (n--) *(volatile uint8_t *)p++ = (uint8_t)value;
    return to;
}
void *memcpy(void *to, const void *from, size_t n);
void *memcpy(void *to, const void *from, size_t n)
{
    uint8_t *p = to;
    const uint8_t *q = from;
    while (n--) *(volatile uint8_t *)p++ = *q++;
    return to;
}

extern const virt_addr stubs[IDT_GATES];
void test_main(void);
void trap(struct trap_frame *f);

static uint64_t gdt_words[16];
static struct gdt gdt;
static _Alignas(128) struct tss tss;
static struct idt idt;
static uint8_t ist_stack[4096] __attribute__((aligned(16)));
static struct trap_frame last;
static uint64_t last_rsp, trap_count;
static uint64_t resume_at; /* where a fault goes on, when it is not 0 */

void trap(struct trap_frame *f)
{
    last = *f;
    last_rsp = (uint64_t)f;
    trap_count++;
    if (resume_at) f->rip = resume_at;
    else if (exception_kind_of((uint8_t)f->vector) == EXCEPTION_FAULT) {
        put("not ok unexpected ");
        put(exception_mnemonic((uint8_t)f->vector));
        put("\n");
        finish();
    }
    resume_at = 0;
}

/* Runs one faulting instruction and goes on after it. */
#define FAULT(code, ...)                                                                 \
    __asm__ volatile("leaq 1f(%%rip), %%rax\n\tmovq %%rax, %0\n\t" code "\n1:"           \
                     : "=m"(resume_at) : __VA_ARGS__ : "rax", "memory", "cc")

static void tables(void)
{
    selector code = 0, data = 0, user_data = 0, user_code = 0, task = 0;
    struct table_pointer read;
    gdt_init(&gdt, gdt_words, 16);
    tss_init(&tss);
    tss_set_ist(&tss, 1, virt_of(ist_stack + sizeof ist_stack));
    bool ok = gdt_append(&gdt, GDT_KERNEL_CODE64, &code) == OK &&
              gdt_append(&gdt, GDT_KERNEL_DATA, &data) == OK &&
              gdt_append(&gdt, GDT_USER_DATA, &user_data) == OK &&
              gdt_append(&gdt, GDT_USER_CODE64, &user_code) == OK &&
              gdt_append_system(&gdt, tss_descriptor(&tss, sizeof tss), &task) == OK;
    gdt_load(&gdt);
    segment_write_cs(code);
    segment_write_ss(data);
    segment_write_ds(data);
    segment_write_es(data);
    tss_load(task);
    insn_sgdt(&read);
    check(ok && read.base == virt_of(gdt_words) && read.limit == 55, "gdt");
    check(segment_read_cs() == 8 && segment_read_ss() == 16 && !segment_current_ring(),
          "cs");
    check(insn_str() == task && gdt_word(&gdt, 5) & BIT64(41), "tss is busy");
    const struct idt_options gate = {.cs = code, .type = IDT_INTERRUPT};
    const struct idt_options on_ist = {.cs = code, .type = IDT_INTERRUPT, .ist = 1};
    idt_set_range(&idt, 0, 255, stubs, &gate);
    idt_set(&idt, EXCEPTION_UD, idt_gate_make(stubs[EXCEPTION_UD], &on_ist));
    idt_load(&idt);
    insn_sidt(&read);
    check(read.base == virt_of(&idt) && read.limit == 4095, "idt");
    insn_lldt(0);
    check(insn_sldt() == 0, "ldt");
}

static void exceptions(void)
{
    insn_int3();
    check(last.vector == EXCEPTION_BP && last.error == 0, "#BP returns");
    insn_int(0x80);
    check(last.vector == 0x80, "int 80h");
    FAULT("ud2", "i"(0));
    check(last.vector == EXCEPTION_UD, "#UD");
    check(last_rsp > virt_of(ist_stack) &&
              last_rsp < virt_of(ist_stack + sizeof ist_stack),
          "#UD on its own stack");
    FAULT("movw $0x50, %%ax\n\tmovw %%ax, %%ds", "i"(0));
    struct selector_error e = selector_error_decode(last.error);
    check(last.vector == EXCEPTION_GP && e.index == 10 && e.table == SELECTOR_ERROR_GDT,
          "#GP names the GDT entry");
    FAULT("movb $1, (%1)", "r"(UINT64_C(0x40001234)));
    check(last.vector == EXCEPTION_PF && last.error == PAGE_FAULT_WRITE &&
              cr2_read_raw() == 0x40001234, "#PF, error code and CR2");
    FAULT("movb (%1), %%al", "r"(UINT64_C(0x123456789abcdef0)));
    check(last.vector == EXCEPTION_GP && last.error == 0,
          "#GP on a non-canonical address");
    FAULT("movl %1, %%eax\n\tdivb %b1", "c"(0));
    check(last.vector == EXCEPTION_DE, "#DE");
}

static void registers(const struct cpuid_source *cpu)
{
    uint64_t cr4 = cr4_read();
    cr0_update(CR0_MP | CR0_NE, CR0_EM);
    check(cr0_read() & CR0_NE && cr0_read() & CR0_PG, "cr0");
    cr0_update(CR0_TS, 0);
    insn_clts();
    check(!(cr0_read() & CR0_TS), "clts");
    cr4_update(CR4_PGE, 0);
    check(cr4_read() == (cr4 | CR4_PGE), "cr4");
    tlb_flush_all();
    tlb_flush_current();
    tlb_flush_page(0x100000);
    check(cr4_read() == (cr4 | CR4_PGE), "tlb");
    cr8_write(9);
    check(cr8_read() == 9, "cr8");
    cr8_write(0);
    efer_update(EFER_SCE, 0);
    check(efer_read() & EFER_SCE && efer_read() & EFER_LMA, "efer");
    const struct star_selectors s = {0x23, 0x1b, 0x08, 0x10};
    star_write(&s);
    sfmask_write(RFLAGS_IF | RFLAGS_DF);
    check(star_read().user_cs == 0x23 && sfmask_read() == 0x600, "star");
    check(lstar_write(0xffffffff80000000, PAGING_4_LEVELS) == OK &&
              lstar_read() == 0xffffffff80000000 &&
              lstar_write(0x800000000000, PAGING_4_LEVELS) == ERR_RANGE, "lstar");
    check(gs_base_write(0x1000, PAGING_4_LEVELS) == OK &&
              kernel_gs_base_write(0x2000, PAGING_4_LEVELS) == OK, "gs bases");
    insn_swapgs();
    check(gs_base_read() == 0x2000 && kernel_gs_base_read() == 0x1000, "swapgs");
    if (cpuid_has(cpu, CPUID_FSGSBASE)) {
        cr4_update(CR4_FSGSBASE, 0);
        insn_wrfsbase(0x7777000);
        check(insn_rdfsbase() == 0x7777000 && fs_base_read() == 0x7777000, "wrfsbase");
    }
    check(pat_read() == PAT_DEFAULT, "pat after reset");
    pat_write(pat_with(PAT_DEFAULT, 1, MEMORY_WC));
    check(pat_read() == 0x0007040600070106, "pat");
    check(apic_mode_of(apic_base_read()) == APIC_XAPIC && apic_is_bsp(apic_base_read()) &&
              apic_page_of(apic_base_read()) == APIC_BASE_DEFAULT, "apic base");
    struct cpuid_widths w;
    static struct mtrr_state m;
    enum memory_type type;
    bool wide = cpuid_widths(cpu, &w) == OK;
    mtrr_read(&m, wide ? w.phys_bits : 36);
    check(wide && m.variable_count >= 8 && mtrr_type_at(&m, 0x100000, &type) == OK,
          "mtrr");
    /* An MSR that does not exist is not tried: QEMU's TCG reads it as 0, without #GP. */
    mxcsr_write(MXCSR_DEFAULT);
    check(mxcsr_read() == 0x1f80, "mxcsr");
    interrupts_off();
    check(!interrupts_save(), "interrupts off");
}

static volatile uint64_t watched;

static void breakpoints(void)
{
    uint64_t dr7;
    const struct debug_breakpoint b = {virt_of(&watched), DEBUG_WRITE, 8, false, true};
    bool ok = dr7_with(dr7_read(), 2, &b, PAGING_4_LEVELS, &dr7) == OK;
    dr6_clear();
    dr_write_address(2, b.address);
    dr7_write(dr7);
    uint64_t before = trap_count;
    watched = 1;
    uint64_t dr6 = dr6_read();
    check(ok && trap_count == before + 1 && last.vector == EXCEPTION_DB,
          "#DB on a write");
    check(dr6_breakpoint(dr6, dr7) == 2 && dr_read_address(2) == b.address,
          "dr6 says which");
    dr7_write(dr7_without(dr7, 2));
    watched = 2;
    check(trap_count == before + 1, "a breakpoint that is off");
    dr6_clear();
    rflags_update(RFLAGS_TF, 0);
    rflags_update(0, RFLAGS_TF);
    check(last.vector == EXCEPTION_DB && dr6_read() & DR6_BS, "single step");
    dr6_clear();
}

static void vector_state(const struct cpuid_source *cpu)
{
    static struct fxsave_area fx;
    static struct { struct xsave_area area; uint8_t rest[8192]; } x;
    struct cpuid_xsave info;
    fxsave_area_init(&fx);
    fxrstor(&fx);
    fxsave(&fx);
    check(fx.mxcsr == 0x1f80 && fx.fcw == 0x37f && fx.mxcsr_mask, "fxsave");
    if (!cpuid_has(cpu, CPUID_XSAVE)) return;
    cr4_update(CR4_OSXSAVE, 0);
    check(cpuid_has(cpu, CPUID_OSXSAVE) && cpuid_xsave(cpu, &info) == OK, "osxsave");
    check(xcr0_write(XCR0_X87, info.xcr0_supported) == OK && xcr0_read() == 1, "xcr0");
    check(xcr0_write(XCR0_X87 | XCR0_AVX, ~UINT64_C(0)) == ERR_RANGE && xcr0_read() == 1,
          "xcr0 refused");
    uint64_t want = (XCR0_X87 | XCR0_SSE | XCR0_AVX) & info.xcr0_supported;
    check(xcr0_write(want, info.xcr0_supported) == OK && xcr0_read() == want, "xcr0 avx");
    xsave_area_init(&x.area);
    xrstor(&x.area, want);
    xsave(&x.area, want);
    check(xsave_header_check(&x.area.header, want) == OK && x.area.legacy.fcw == 0x37f,
          "xsave");
}

static void the_rest(const struct cpuid_source *cpu)
{
    char text[49];
    uint64_t value = 0;
    struct random r = random_init(cpu);
    check(r.has_rdrand == cpuid_has(cpu, CPUID_RDRAND), "rdrand is there and varies");
    if (r.has_rdrand) check(random_u64(&r, &value) == OK, "rdrand");
    if (r.has_rdseed) check(random_seed_u64(&r, &value) == OK, "rdseed");
    struct smap smap = smap_init(cpu);
    if (smap.present) {
        cr4_update(CR4_SMAP, 0);
        uint64_t saved = smap_allow(&smap);
        bool allowed = smap_is_allowed(&smap);
        smap_restore(&smap, saved);
        check(allowed && !smap_is_allowed(&smap), "smap");
    }
    if (cpuid_has(cpu, CPUID_INVPCID)) {
        tlb_invpcid_address(0, 0x100000);
        tlb_invpcid_pcid(0);
        tlb_invpcid_all();
        tlb_invpcid_not_global();
        check(true, "invpcid");
    }
    uint64_t begin = tsc_read_begin(), end = tsc_read();
    check(end > begin, "tsc");
    if (cpuid_has(cpu, CPUID_RDTSCP)) {
        tsc_aux_write(5);
        uint32_t aux;
        end = tsc_read_end_aux(&aux);
        check(end > begin && aux == 5, "rdtscp");
    }
    uint32_t line;
    check(cpuid_clflush_bytes(cpu, &line) == OK, "cache line");
    cache_flush(gdt_words, sizeof gdt_words, line, CACHE_CLFLUSH);
    if (cpuid_has(cpu, CPUID_CLFLUSHOPT))
        cache_flush(gdt_words, sizeof gdt_words, line, CACHE_CLFLUSHOPT);
    if (cpuid_has(cpu, CPUID_CLWB))
        cache_flush(gdt_words, sizeof gdt_words, line, CACHE_CLWB);
    cache_write_back_all();
    check(gdt_words[1] == GDT_KERNEL_CODE64, "cache");
    insn_bochs_breakpoint();
    if (cpuid_has(cpu, CPUID_MONITOR)) insn_monitor(&watched, 0, 0);
    struct cpuid_topology t;
    check(cpuid_topology(cpu, &t) == OK && t.apic_id == 0, "topology");
    cpuid_vendor(cpu, text);
    put("# ");
    put(text);
    put(cpuid_brand(cpu, text) == OK ? " " : "");
    put(text);
    put("\n");
}

void test_main(void)
{
    const struct cpuid_source cpu = cpuid_this_processor();
    tables();
    exceptions();
    registers(&cpu);
    breakpoints();
    vector_state(&cpu);
    the_rest(&cpu);
    finish();
}
