/* SPDX-License-Identifier: MIT */
/*
 * The 64-bit task state segment: which stacks the processor changes to, and which ports
 * ring 3 may use.
 *
 * Source   SDM 3A 7.7 (64-bit TSS), SDM 1, chapter "Input/Output" (I/O permission
 *          bitmap).
 * Memory   The caller's, for as long as the task register points there.  Keep the first
 *          104 bytes within one page: alignas(128) does it.
 * Errors   Stack numbers out of range assert.
 * Calls    Everything but tss_load anywhere.
 */
#ifndef X86_64_TSS_H
#define X86_64_TSS_H

#include <stddef.h>

#include "x86_64/gdt.h"

/* The processor's layout puts 64-bit addresses at offsets that are 4 modulo 8, which is
 * what `packed` is for; an x86-64 store to them is still one instruction. */
struct __attribute__((packed, aligned(4))) tss {
    uint32_t reserved0;
    uint64_t rsp[3]; /* rsp[n]: the stack on the way into ring n */
    uint64_t reserved1;
    uint64_t ist[7]; /* ist[0] is IST1 */
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t iomap_base; /* offset of the port bitmap; the size of the TSS: none */
};
_Static_assert(sizeof(struct tss) == 104, "SDM 3A figure 7-11");
_Static_assert(offsetof(struct tss, rsp) == 4, "SDM 3A figure 7-11");
_Static_assert(offsetof(struct tss, ist) == 36, "SDM 3A figure 7-11");
_Static_assert(offsetof(struct tss, iomap_base) == 102, "SDM 3A figure 7-11");

/* Everything 0 and no port bitmap: ring 3 may use no port. */
void tss_init(struct tss *t);

/* The top (one past the highest byte) of the stack for ring `ring`, 0 to 2, and of
 * interrupt stack `ist`, 1 to 7.  The processor aligns it down to 16 itself. */
void tss_set_rsp(struct tss *t, unsigned ring, virt_addr top);
void tss_set_ist(struct tss *t, unsigned ist, virt_addr top);
virt_addr tss_rsp(const struct tss *t, unsigned ring);
virt_addr tss_ist(const struct tss *t, unsigned ist);

/* The GDT's entry for a TSS of `len_bytes`, the bitmap and its end byte included. */
static inline struct gdt_system tss_descriptor(const struct tss *t, uint32_t len_bytes)
{
    ASSERT(len_bytes >= sizeof *t);
    return gdt_system_make(GDT_TSS_AVAILABLE, virt_of(t), len_bytes - 1, 0);
}

/* A TSS with a bit for every port: 1 forbids. */
#define TSS_PORTS 65536
struct tss_with_ports {
    struct tss tss;
    uint8_t denied[TSS_PORTS / 8];
    uint8_t end; /* FFh: the processor reads one byte further than it needs */
};
#define TSS_WITH_PORTS_LEN                                                               \
    (offsetof(struct tss_with_ports, end) + 1) /* without padding */
_Static_assert(offsetof(struct tss_with_ports, denied) == 104, "bitmap follows the TSS");
_Static_assert(TSS_WITH_PORTS_LEN == 104 + 8192 + 1, "SDM 1, Input/Output");

/* As tss_init, with a bitmap that forbids every port. */
void tss_with_ports_init(struct tss_with_ports *t);

/* Allows or forbids ports `first` to `first + count - 1`; ERR_RANGE, changing nothing,
 * when some of them are no port. */
MUST_CHECK enum err tss_allow_ports(struct tss_with_ports *t, uint32_t first,
                                    uint32_t count);
MUST_CHECK enum err tss_deny_ports(struct tss_with_ports *t, uint32_t first,
                                   uint32_t count);

/* What the processor decides for an access of `width` bytes (1, 2 or 4) in ring 3 with
 * IOPL 0, given a TSS of `len_bytes` in memory: outside the limit is no. */
bool tss_port_is_allowed(const struct tss *t, uint32_t len_bytes, uint16_t port,
                         unsigned width);

enum tss_iomap {
    TSS_IOMAP_OK = 0,   /* a bitmap that means what it seems to */
    TSS_IOMAP_NONE,     /* iomap_base is at or past the end: no port is allowed */
    TSS_IOMAP_IN_TSS,   /* iomap_base points into the 104 bytes themselves */
    TSS_IOMAP_TOO_FAR,  /* iomap_base is above DFFFh */
    TSS_IOMAP_TOO_LONG, /* more than 8192 bytes and the end byte follow */
    TSS_IOMAP_NO_END,   /* the last byte is not FFh */
};

/* Whether the bitmap of a TSS of `len_bytes` in memory is as the SDM wants it. */
enum tss_iomap tss_check_iomap(const struct tss *t, uint32_t len_bytes);

/* Ring 0.  The descriptor becomes busy: loading it a second time is #GP. */
static inline void tss_load(selector s) { insn_ltr(s); }

#endif
