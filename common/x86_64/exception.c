/* SPDX-License-Identifier: MIT */
#include "x86_64/exception.h"

struct description {
    const char *mnemonic, *name;
    enum exception_kind kind;
};

static const struct description descriptions[EXCEPTION_VECTORS] = {
    [EXCEPTION_DE] = {"#DE", "divide error", EXCEPTION_FAULT},
    [EXCEPTION_DB] = {"#DB", "debug", EXCEPTION_MIXED},
    [EXCEPTION_NMI] = {"NMI", "non-maskable interrupt", EXCEPTION_INTERRUPT},
    [EXCEPTION_BP] = {"#BP", "breakpoint", EXCEPTION_TRAP},
    [EXCEPTION_OF] = {"#OF", "overflow", EXCEPTION_TRAP},
    [EXCEPTION_BR] = {"#BR", "bound range exceeded", EXCEPTION_FAULT},
    [EXCEPTION_UD] = {"#UD", "invalid opcode", EXCEPTION_FAULT},
    [EXCEPTION_NM] = {"#NM", "device not available", EXCEPTION_FAULT},
    [EXCEPTION_DF] = {"#DF", "double fault", EXCEPTION_ABORT},
    [EXCEPTION_CSO] = {"#CSO", "coprocessor segment overrun", EXCEPTION_FAULT},
    [EXCEPTION_TS] = {"#TS", "invalid TSS", EXCEPTION_FAULT},
    [EXCEPTION_NP] = {"#NP", "segment not present", EXCEPTION_FAULT},
    [EXCEPTION_SS] = {"#SS", "stack segment fault", EXCEPTION_FAULT},
    [EXCEPTION_GP] = {"#GP", "general protection", EXCEPTION_FAULT},
    [EXCEPTION_PF] = {"#PF", "page fault", EXCEPTION_FAULT},
    [EXCEPTION_MF] = {"#MF", "x87 floating point", EXCEPTION_FAULT},
    [EXCEPTION_AC] = {"#AC", "alignment check", EXCEPTION_FAULT},
    [EXCEPTION_MC] = {"#MC", "machine check", EXCEPTION_ABORT},
    [EXCEPTION_XM] = {"#XM", "SIMD floating point", EXCEPTION_FAULT},
    [EXCEPTION_VE] = {"#VE", "virtualization", EXCEPTION_FAULT},
    [EXCEPTION_CP] = {"#CP", "control protection", EXCEPTION_FAULT},
    [EXCEPTION_HV] = {"#HV", "hypervisor injection", EXCEPTION_INTERRUPT},
    [EXCEPTION_VC] = {"#VC", "VMM communication", EXCEPTION_FAULT},
    [EXCEPTION_SX] = {"#SX", "security", EXCEPTION_FAULT},
};

static const struct description reserved = {"reserved", "reserved", EXCEPTION_RESERVED};
static const struct description interrupt = {"interrupt", "interrupt",
                                             EXCEPTION_INTERRUPT};

static const struct description *describe(uint8_t vector)
{
    if (vector >= EXCEPTION_VECTORS) return &interrupt;
    return descriptions[vector].mnemonic ? &descriptions[vector] : &reserved;
}

const char *exception_mnemonic(uint8_t vector) { return describe(vector)->mnemonic; }
const char *exception_name(uint8_t vector) { return describe(vector)->name; }
enum exception_kind exception_kind_of(uint8_t vector) { return describe(vector)->kind; }

struct selector_error selector_error_decode(uint64_t error)
{
    unsigned table = (unsigned)field_get64(SELECTOR_ERROR_TABLE, error);
    if (table == SELECTOR_ERROR_IDT_TOO) table = SELECTOR_ERROR_IDT;
    return (struct selector_error){
        .is_null = (error & BITS64(15, 1)) == 0,
        .external = (error & SELECTOR_ERROR_EXTERNAL) != 0,
        .table = (enum selector_error_table)table,
        .index = (unsigned)field_get64(SELECTOR_ERROR_INDEX, error),
    };
}

/* A sentence being written to a buffer that may be too small for it. */
struct words {
    char *to;
    size_t size, len;
};

static void say(struct words *w, const char *text)
{
    for (; *text; text++) {
        if (w->len + 1 < w->size) w->to[w->len] = *text;
        w->len++;
    }
}

static void say_number(struct words *w, unsigned n)
{
    char digits[12];
    char *p = digits + sizeof digits;
    *--p = '\0';
    do *--p = (char)('0' + n % 10);
    while (n /= 10);
    say(w, p);
}

static size_t end(struct words *w)
{
    if (w->size > 0) w->to[w->len < w->size ? w->len : w->size - 1] = '\0';
    return w->len;
}

static const char *access_of(uint64_t error)
{
    if (error & PAGE_FAULT_FETCH) return "execution of ";
    return error & PAGE_FAULT_WRITE ? "write to " : "read of ";
}

size_t page_fault_words(uint64_t error, char *to, size_t size)
{
    struct words w = {.to = to, .size = size};
    say(&w, access_of(error));
    if (error & PAGE_FAULT_RESERVED)
        say(&w, "a page whose entry has a reserved bit set");
    else if (error & PAGE_FAULT_PRESENT)
        say(&w, "a page that does not allow it");
    else
        say(&w, "a page that is not present");
    say(&w, error & PAGE_FAULT_USER ? ", in ring 3" : ", in the kernel");
    if (error & PAGE_FAULT_KEY) say(&w, ", protection key");
    if (error & PAGE_FAULT_SHADOW) say(&w, ", shadow stack");
    if (error & PAGE_FAULT_HLAT) say(&w, ", hypervisor-managed translation");
    if (error & PAGE_FAULT_SGX) say(&w, ", enclave");
    if (error & PAGE_FAULT_RMP) say(&w, ", reverse map table");
    if (error & ~PAGE_FAULT_NAMED) say(&w, ", and bits without a name");
    return end(&w);
}

size_t selector_error_words(uint64_t error, char *to, size_t size)
{
    static const char *const tables[] = {"GDT entry ", "IDT entry ", "LDT entry "};
    struct selector_error e = selector_error_decode(error);
    struct words w = {.to = to, .size = size};
    if (e.is_null) {
        say(&w, "no descriptor");
    } else {
        say(&w, tables[e.table]);
        say_number(&w, e.index);
    }
    if (e.external) say(&w, ", while delivering an event from outside");
    if (error & ~BITS64(15, 0)) say(&w, ", and bits without a name");
    return end(&w);
}

size_t control_protection_words(uint64_t error, char *to, size_t size)
{
    static const char *const causes[] = {
        "unknown cause",
        "near return to another address than the shadow stack's",
        "far return or iret to another address than the shadow stack's",
        "indirect branch to something else than endbranch",
        "bad shadow-stack restore token",
        "bad shadow-stack busy token",
    };
    uint64_t cause = field_get64(CONTROL_PROTECTION_CAUSE, error);
    struct words w = {.to = to, .size = size};
    say(&w, causes[cause < sizeof causes / sizeof causes[0] ? cause : 0]);
    if (error & CONTROL_PROTECTION_ENCLAVE) say(&w, ", in an enclave");
    return end(&w);
}

size_t exception_error_words(uint8_t vector, uint64_t error, char *to, size_t size)
{
    struct words nothing = {.to = to, .size = size};
    switch (vector) {
    case EXCEPTION_PF: return page_fault_words(error, to, size);
    case EXCEPTION_TS:
    case EXCEPTION_NP:
    case EXCEPTION_SS:
    case EXCEPTION_GP: return selector_error_words(error, to, size);
    case EXCEPTION_CP: return control_protection_words(error, to, size);
    default: return end(&nothing);
    }
}
