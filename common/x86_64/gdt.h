/* SPDX-License-Identifier: MIT */
/*
 * The global descriptor table: descriptors as values, and a table on the caller's memory.
 *
 * Source   SDM 3A 3.4.5 (segment descriptors), SDM 3A 7.2.3 (TSS descriptor in 64-bit
 *          mode).
 * Memory   The caller owns the words; they must stay where they are while the table is
 *          loaded.
 * Errors   A full table is ERR_FULL.  A descriptor that cannot exist is a programming
 *          error and asserts.
 * C        Nothing ties the table's life to the GDTR, as a 'static reference would: make
 *          it a global, or one a processor.
 * Calls    Everything but gdt_load anywhere.
 */
#ifndef X86_64_GDT_H
#define X86_64_GDT_H

#include "base/err.h"
#include "x86_64/addr.h"
#include "x86_64/segment.h"

/* Fields of a descriptor's (first) word. */
#define GDT_LIMIT_15_0  BITS64(15, 0)
#define GDT_BASE_23_0   BITS64(39, 16)
#define GDT_ACCESSED    BIT64(40) /* the processor sets it; set it first: no write then */
#define GDT_WRITABLE    BIT64(41) /* data: writable; code: readable */
#define GDT_CONFORMING  BIT64(42) /* code: callable from outer rings; data: expand down */
#define GDT_CODE        BIT64(43) /* code, not data */
#define GDT_SEGMENT     BIT64(44) /* code or data, not a system descriptor */
#define GDT_DPL         BITS64(46, 45) /* the ring it is for */
#define GDT_PRESENT     BIT64(47)
#define GDT_LIMIT_19_16 BITS64(51, 48)
#define GDT_AVAILABLE   BIT64(52) /* ours */
#define GDT_LONG        BIT64(53) /* 64-bit code; excludes GDT_DEFAULT_32 */
#define GDT_DEFAULT_32  BIT64(54) /* 32-bit code, or stack */
#define GDT_PAGES       BIT64(55) /* the limit counts 4 KiB pages */
#define GDT_BASE_31_24  BITS64(63, 56)
#define GDT_SYSTEM_TYPE BITS64(43, 40) /* enum gdt_system_type when GDT_SEGMENT is 0 */

enum gdt_system_type {
    GDT_LDT = 0x2,
    GDT_TSS_AVAILABLE = 0x9,
    GDT_TSS_BUSY = 0xb, /* the processor sets it in ltr */
};

/* Base 0, limit 4 GiB: what 64-bit mode ignores and 32-bit code expects. */
#define GDT_FLAT_COMMON                                                                  \
    (GDT_SEGMENT | GDT_PRESENT | GDT_WRITABLE | GDT_ACCESSED | GDT_LIMIT_15_0 |          \
     GDT_LIMIT_19_16 | GDT_PAGES)

#define GDT_NULL          UINT64_C(0)
#define GDT_KERNEL_CODE64 (GDT_FLAT_COMMON | GDT_CODE | GDT_LONG)
#define GDT_KERNEL_CODE32 (GDT_FLAT_COMMON | GDT_CODE | GDT_DEFAULT_32)
#define GDT_KERNEL_DATA   (GDT_FLAT_COMMON | GDT_DEFAULT_32)
#define GDT_USER_CODE64   (GDT_KERNEL_CODE64 | GDT_DPL)
#define GDT_USER_CODE32   (GDT_KERNEL_CODE32 | GDT_DPL)
#define GDT_USER_DATA     (GDT_KERNEL_DATA | GDT_DPL)

/* The words every x86-64 system ends up with. */
_Static_assert(GDT_KERNEL_CODE64 == UINT64_C(0x00af9b000000ffff), "64-bit code, ring 0");
_Static_assert(GDT_KERNEL_CODE32 == UINT64_C(0x00cf9b000000ffff), "32-bit code, ring 0");
_Static_assert(GDT_KERNEL_DATA == UINT64_C(0x00cf93000000ffff), "data, ring 0");
_Static_assert(GDT_USER_CODE64 == UINT64_C(0x00affb000000ffff), "64-bit code, ring 3");
_Static_assert(GDT_USER_CODE32 == UINT64_C(0x00cffb000000ffff), "32-bit code, ring 3");
_Static_assert(GDT_USER_DATA == UINT64_C(0x00cff3000000ffff), "data, ring 3");

/* A code or data descriptor: `flags` of the named bits, no base or limit bits among them;
 * `limit` is the raw 20-bit field.  Asserts what the processor would refuse. */
uint64_t gdt_segment(uint32_t base, uint32_t limit, uint64_t flags);

uint32_t gdt_base(uint64_t word);  /* bits 31:0 of the base */
uint32_t gdt_limit(uint64_t word); /* highest byte offset, pages already counted out */
unsigned gdt_dpl(uint64_t word);
bool gdt_is_system(uint64_t word); /* takes two words in 64-bit mode */

/* A 16-byte system descriptor, in table order. */
struct gdt_system {
    uint64_t lo, hi;
};

/* `limit_bytes` is the size minus 1, at most FFFFFh, which is asserted. */
struct gdt_system gdt_system_make(enum gdt_system_type type, virt_addr base,
                                  uint32_t limit_bytes, unsigned dpl);
virt_addr gdt_system_base(struct gdt_system d);

/* A table being filled.  Members are private. */
struct gdt {
    uint64_t *words;
    uint16_t capacity, count; /* in words */
};

/* Starts a table of `capacity` words (1 to 8192, asserted) with the null entry. */
void gdt_init(struct gdt *g, uint64_t *words, unsigned capacity);

/* Appends, and gives the selector with the descriptor's DPL as RPL.  ERR_FULL leaves the
 * table as it was.  A system descriptor takes two words and never has only one of
 * them. */
MUST_CHECK enum err gdt_append(struct gdt *g, uint64_t word, selector *s);
MUST_CHECK enum err gdt_append_system(struct gdt *g, struct gdt_system d, selector *s);

/* The raw word `index`; below the count, asserted. */
uint64_t gdt_word(const struct gdt *g, unsigned index);

/* What lgdt takes: only the words that are filled. */
struct table_pointer gdt_pointer(const struct gdt *g);

/* Ring 0.  The segment registers keep what they had: reload them, CS included. */
void gdt_load(const struct gdt *g);

#endif
