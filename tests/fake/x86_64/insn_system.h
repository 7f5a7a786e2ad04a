/* SPDX-License-Identifier: MIT */
/*
 * The registers of ring 0, for unit tests on the host.
 *
 * Use      Put -I tests/fake in front of -I common; set and look at fake_cpu.
 * Model    Registers hold what is written; nothing has an effect.  An MSR exists once it
 *          was written: reading another ends the program, as #GP would.
 */
#ifndef X86_64_INSN_SYSTEM_H
#define X86_64_INSN_SYSTEM_H

#include <stdint.h>
#include <stdlib.h>

struct __attribute__((packed)) table_pointer {
    uint16_t limit;
    uint64_t base;
};

struct fake_cpu {
    uint64_t cr0, cr2, cr3, cr4, cr8, dr0, dr1, dr2, dr3, dr6, dr7, xcr[2], fs_base,
        gs_base;
    uint64_t cr3_writes, cr4_history[8], cr4_writes;
    uint16_t cs, ss, ds, es, fs, gs, tr, ldt;
    struct table_pointer gdt, idt;
    struct {
        uint32_t number;
        uint64_t value;
    } msr[64];
    unsigned msr_count, msr_writes;
    uint64_t invlpg_address, invpcid_kind, invpcid[2], invlpgb[3];
    void (*on_invlpg)(uint64_t address); /* called too where it is not NULL */
    unsigned invlpg_count, invpcid_count, tlbsync_count, stac_count, clac_count,
        wbinvd_count;
};
__attribute__((weak)) struct fake_cpu fake_cpu;

#define FAKE_REGISTER(name)                                                              \
    static inline uint64_t insn_read_##name(void) { return fake_cpu.name; }              \
    static inline void insn_write_##name(uint64_t value) { fake_cpu.name = value; }
#define FAKE_SEGMENT(name)                                                               \
    static inline uint16_t insn_read_##name(void) { return fake_cpu.name; }              \
    static inline void insn_write_##name(uint16_t value) { fake_cpu.name = value; }

FAKE_REGISTER(cr0)
FAKE_REGISTER(cr2)
FAKE_REGISTER(cr8)
FAKE_REGISTER(dr0)
FAKE_REGISTER(dr1)
FAKE_REGISTER(dr2)
FAKE_REGISTER(dr3)
FAKE_REGISTER(dr6)
FAKE_REGISTER(dr7)
FAKE_SEGMENT(cs)
FAKE_SEGMENT(ss)
FAKE_SEGMENT(ds)
FAKE_SEGMENT(es)
FAKE_SEGMENT(fs)
FAKE_SEGMENT(gs)

static inline uint64_t insn_read_cr3(void) { return fake_cpu.cr3; }
static inline void insn_write_cr3(uint64_t value)
{
    fake_cpu.cr3 = value;
    fake_cpu.cr3_writes++;
}
static inline uint64_t insn_read_cr4(void) { return fake_cpu.cr4; }
static inline void insn_write_cr4(uint64_t value)
{
    fake_cpu.cr4 = value;
    fake_cpu.cr4_history[fake_cpu.cr4_writes++ % 8] = value;
}

static inline void insn_xsetbv(uint32_t index, uint64_t value)
{
    fake_cpu.xcr[index] = value;
}

static inline uint64_t insn_rdmsr(uint32_t number)
{
    for (unsigned i = 0; i < fake_cpu.msr_count; i++)
        if (fake_cpu.msr[i].number == number) return fake_cpu.msr[i].value;
    abort();
}

static inline void insn_wrmsr(uint32_t number, uint64_t value)
{
    unsigned i = 0;
    while (i < fake_cpu.msr_count && fake_cpu.msr[i].number != number) i++;
    if (i == sizeof fake_cpu.msr / sizeof fake_cpu.msr[0]) abort();
    if (i == fake_cpu.msr_count) fake_cpu.msr_count++;
    fake_cpu.msr[i].number = number;
    fake_cpu.msr[i].value = value;
    fake_cpu.msr_writes++;
}

static inline void insn_lgdt(const struct table_pointer *table) { fake_cpu.gdt = *table; }
static inline void insn_lidt(const struct table_pointer *table) { fake_cpu.idt = *table; }
static inline void insn_ltr(uint16_t selector) { fake_cpu.tr = selector; }

static inline void insn_stac(void) { fake_cpu.stac_count++; }
static inline void insn_clac(void) { fake_cpu.clac_count++; }
static inline void insn_wbinvd(void) { fake_cpu.wbinvd_count++; }
static inline void insn_invd(void) {}
static inline void insn_tlbsync(void) { fake_cpu.tlbsync_count++; }

static inline void insn_invlpg(uint64_t address)
{
    fake_cpu.invlpg_address = address;
    fake_cpu.invlpg_count++;
    if (fake_cpu.on_invlpg) fake_cpu.on_invlpg(address);
}

static inline void insn_invpcid(uint64_t kind, const uint64_t descriptor[2])
{
    fake_cpu.invpcid_kind = kind;
    fake_cpu.invpcid[0] = descriptor[0];
    fake_cpu.invpcid[1] = descriptor[1];
    fake_cpu.invpcid_count++;
}

static inline void insn_invlpgb(uint64_t rax, uint32_t ecx, uint32_t edx)
{
    fake_cpu.invlpgb[0] = rax;
    fake_cpu.invlpgb[1] = ecx;
    fake_cpu.invlpgb[2] = edx;
}

#endif
