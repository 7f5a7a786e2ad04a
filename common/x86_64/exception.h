/* SPDX-License-Identifier: MIT */
/*
 * Exceptions: their vectors, names and error codes, in words.
 *
 * Source   SDM 3A 6.15 (each exception), SDM 3A 6.13 (error code), SDM 3A 4.7 (page
 *          fault); #HV, #VC, #SX and the RMP bit: APM 2 8.2, 15.36.
 * Errors   Every number has an answer: unknown vectors and bits say that they are.
 * Memory   Words are written to the caller's buffer and always end in NUL.
 * Calls    Pure functions: any context, also a fault handler.
 */
#ifndef X86_64_EXCEPTION_H
#define X86_64_EXCEPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"

enum exception {
    EXCEPTION_DE = 0,  /* divide error */
    EXCEPTION_DB = 1,  /* debug */
    EXCEPTION_NMI = 2, /* non-maskable interrupt */
    EXCEPTION_BP = 3,  /* breakpoint */
    EXCEPTION_OF = 4,  /* overflow */
    EXCEPTION_BR = 5,  /* bound range exceeded */
    EXCEPTION_UD = 6,  /* invalid opcode */
    EXCEPTION_NM = 7,  /* device not available */
    EXCEPTION_DF = 8,  /* double fault; error code 0 */
    EXCEPTION_CSO = 9, /* coprocessor segment overrun: not since the 386 */
    EXCEPTION_TS = 10, /* invalid TSS; selector error code */
    EXCEPTION_NP = 11, /* segment not present; selector error code */
    EXCEPTION_SS = 12, /* stack segment; selector error code */
    EXCEPTION_GP = 13, /* general protection; selector error code or 0 */
    EXCEPTION_PF = 14, /* page fault; its own error code, CR2 */
    EXCEPTION_MF = 16, /* x87 floating point */
    EXCEPTION_AC = 17, /* alignment check; error code 0 */
    EXCEPTION_MC = 18, /* machine check */
    EXCEPTION_XM = 19, /* SIMD floating point */
    EXCEPTION_VE = 20, /* virtualization */
    EXCEPTION_CP = 21, /* control protection; error code */
    EXCEPTION_HV = 28, /* hypervisor injection */
    EXCEPTION_VC = 29, /* VMM communication; error code */
    EXCEPTION_SX = 30, /* security; error code */
};

#define EXCEPTION_VECTORS 32 /* the processor's; interrupts start here */

enum exception_kind {
    EXCEPTION_FAULT,     /* rip is the instruction that did it: it can run again */
    EXCEPTION_TRAP,      /* rip is the next instruction */
    EXCEPTION_ABORT,     /* nothing can go on */
    EXCEPTION_INTERRUPT, /* came from outside, between two instructions */
    EXCEPTION_MIXED,     /* #DB: DR6 tells fault from trap */
    EXCEPTION_RESERVED,  /* no processor raises it */
};

/* "#PF" and "page fault"; "reserved" for a vector without a meaning, and "interrupt" from
 * 32 on.  Never NULL. */
const char *exception_mnemonic(uint8_t vector);
const char *exception_name(uint8_t vector);

enum exception_kind exception_kind_of(uint8_t vector);

/* Whether the processor pushes an error code: vectors 8, 10 to 14, 17, 21, 29, 30. */
static inline bool exception_pushes_error(uint8_t vector)
{
    return vector < EXCEPTION_VECTORS && (UINT32_C(0x60227d00) >> vector & 1);
}

/* Error code of a page fault, SDM 3A 4.7. */
#define PAGE_FAULT_PRESENT  BIT64(0)  /* a right was missing; 0: the page was */
#define PAGE_FAULT_WRITE    BIT64(1)  /* a write; 0: a read */
#define PAGE_FAULT_USER     BIT64(2)  /* in ring 3 */
#define PAGE_FAULT_RESERVED BIT64(3)  /* a reserved bit is set in a page entry */
#define PAGE_FAULT_FETCH    BIT64(4)  /* an instruction fetch */
#define PAGE_FAULT_KEY      BIT64(5)  /* protection key */
#define PAGE_FAULT_SHADOW   BIT64(6)  /* shadow-stack access */
#define PAGE_FAULT_HLAT     BIT64(7)  /* hypervisor-managed translation */
#define PAGE_FAULT_SGX      BIT64(15) /* enclave access control */
#define PAGE_FAULT_RMP      BIT64(31) /* AMD: reverse map table */
#define PAGE_FAULT_NAMED    (BITS64(7, 0) | PAGE_FAULT_SGX | PAGE_FAULT_RMP)

/* Error code that names a descriptor, SDM 3A 6.13. */
#define SELECTOR_ERROR_EXTERNAL BIT64(0)     /* while delivering an event from outside */
#define SELECTOR_ERROR_TABLE    BITS64(2, 1) /* enum selector_error_table */
#define SELECTOR_ERROR_INDEX    BITS64(15, 3)

enum selector_error_table {
    SELECTOR_ERROR_GDT = 0,
    SELECTOR_ERROR_IDT = 1,
    SELECTOR_ERROR_LDT = 2,
    SELECTOR_ERROR_IDT_TOO = 3, /* bit 1 alone decides: IDT */
};

struct selector_error {
    bool is_null; /* no table, no entry: no descriptor was involved */
    bool external;
    enum selector_error_table table; /* never SELECTOR_ERROR_IDT_TOO */
    unsigned index;                  /* of the entry: in the IDT, the vector */
};

struct selector_error selector_error_decode(uint64_t error);

/* Error code of #CP, SDM 3A 6.15. */
#define CONTROL_PROTECTION_CAUSE   BITS64(14, 0)
#define CONTROL_PROTECTION_ENCLAVE BIT64(15)

/* What happened in words, such as "write to a page that is not present, in ring 3" or
 * "GDT entry 5, while delivering an event from outside".  Returns the length it has in
 * full; what does not fit in `size` bytes with the NUL is cut off.  `size` 0 writes
 * nothing. */
size_t page_fault_words(uint64_t error, char *to, size_t size);
size_t selector_error_words(uint64_t error, char *to, size_t size);
size_t control_protection_words(uint64_t error, char *to, size_t size);

/* The words that fit the vector; "" for one without an error code. */
size_t exception_error_words(uint8_t vector, uint64_t error, char *to, size_t size);

#endif
