/* SPDX-License-Identifier: MIT */
#include "cpu/local_apic.h"

#include <stddef.h>

#include "base/bits.h"
#include "base/mmio.h"
#include "x86_64/apic_msr.h"
#include "x86_64/cpuid_read.h"

#define MAPPED_END (UINT64_C(4) << 30) /* boot/start.asm maps the first 4 GiB */

/* SDM 3A table 10-1: a dword each, 16 bytes apart. */
enum apic_register {
    APIC_ID = 0x020, /* RO; xAPIC: in bits 31:24 */
    APIC_TPR = 0x080,
    APIC_EOI = 0x0b0, /* WO */
    APIC_SVR = 0x0f0,
    APIC_ISR = 0x100, /* RO eight registers: in service, a bit for each vector */
    APIC_ESR = 0x280, /* RW a write of 0 makes the next read show what has gone wrong */
    APIC_LVT_TIMER = 0x320,
    APIC_LVT_LINT0 = 0x350,
    APIC_LVT_LINT1 = 0x360,
    APIC_LVT_ERROR = 0x370,
    APIC_TIMER_INITIAL = 0x380,
    APIC_TIMER_CURRENT = 0x390, /* RO */
    APIC_TIMER_DIVIDE = 0x3e0,
};

#define XAPIC_ID        BITS32(31, 24)
#define SVR_ENABLE      BIT32(8)
#define LVT_DELIVERY    BITS32(10, 8)
#define LVT_ACTIVE_LOW  BIT32(13)
#define LVT_MASKED      BIT32(16)
#define LVT_PERIODIC    BIT32(17) /* the timer's only */
#define DELIVERY_NMI    4
#define TIMER_DIVIDE_16 0x3 /* SDM 3A figure 10-10 */

/* snippet: access */
struct apic_cell {
    reg32 value;
    uint32_t reserved[3];
};
_Static_assert(sizeof(struct apic_cell) == 16, "SDM 3A 10.4.1: 128-bit boundaries");

static struct apic_cell *xapic; /* NULL in x2APIC mode */

static uint32_t read(uint32_t apic_register)
{
    uint32_t msr;
    if (xapic) return reg_read32(&xapic[apic_register / sizeof *xapic].value);
    return x2apic_msr(apic_register, &msr) == OK ? (uint32_t)insn_rdmsr(msr) : 0;
}

static void write(uint32_t apic_register, uint32_t value)
{
    uint32_t msr;
    if (xapic) reg_write32(&xapic[apic_register / sizeof *xapic].value, value);
    else if (x2apic_msr(apic_register, &msr) == OK) insn_wrmsr(msr, value);
}
/* end: access */

/* snippet: mode */
/* Firmware may have chosen x2APIC already, and there is no direct way back. */
static enum err choose_mode(void)
{
    struct cpuid_source cpu = cpuid_this_processor();
    uint64_t base = apic_base_read();

    if (!cpuid_has(&cpu, CPUID_APIC) && apic_mode_of(base) == APIC_OFF) return ERR_NOT_FOUND;
    if (cpuid_has(&cpu, CPUID_X2APIC)) {
        apic_set_mode(APIC_X2APIC);
        xapic = NULL;
        return OK;
    }
    if (apic_page_of(base) >= MAPPED_END) return ERR_RANGE;
    apic_set_mode(APIC_XAPIC);
    xapic = (struct apic_cell *)apic_page_of(base);
    return OK;
}
/* end: mode */

static bool is_ours(const struct acpi_madt *madt, const struct acpi_madt_lapic_nmi *nmi)
{
    struct acpi_madt_walk walk = acpi_madt_entries(madt);
    struct acpi_madt_entry e;

    if (nmi->all_processors) return true;
    while (acpi_madt_next(&walk, &e)) {
        bool is_processor =
            e.type == ACPI_MADT_PROCESSOR || e.type == ACPI_MADT_PROCESSOR_X2APIC;
        if (is_processor && e.processor.uid == nmi->uid)
            return e.processor.apic_id == local_apic_id();
    }
    return false;
}

/* The two inputs of every local APIC.  Firmware has the 8259s on LINT0, which we no longer
 * want; a memory error or a watchdog arrives as NMI on the one that the MADT names. */
static void connect_nmi(const struct acpi_madt *madt)
{
    struct acpi_madt_walk walk = acpi_madt_entries(madt);
    struct acpi_madt_entry e;

    while (acpi_madt_next(&walk, &e)) {
        if (e.type != ACPI_MADT_LAPIC_NMI && e.type != ACPI_MADT_LAPIC_NMI_X2APIC) continue;
        const struct acpi_madt_lapic_nmi *nmi = &e.lapic_nmi;
        if (!is_ours(madt, nmi)) continue;
        uint32_t entry = field_put32(LVT_DELIVERY, DELIVERY_NMI);
        if (nmi->polarity == ACPI_POLARITY_LOW) entry |= LVT_ACTIVE_LOW;
        write(nmi->lint == 0 ? APIC_LVT_LINT0 : APIC_LVT_LINT1, entry);
    }
}

/* snippet: init */
enum err local_apic_init(const struct acpi_madt *madt, const struct local_apic_vectors *vectors)
{
    enum err e = choose_mode();
    if (e != OK) return e;

    write(APIC_SVR, SVR_ENABLE | vectors->spurious); /* first: entries are stuck while it is off */
    write(APIC_LVT_LINT0, LVT_MASKED);
    write(APIC_LVT_LINT1, LVT_MASKED);
    connect_nmi(madt);
    write(APIC_LVT_TIMER, LVT_MASKED | vectors->timer);
    write(APIC_TIMER_DIVIDE, TIMER_DIVIDE_16);
    write(APIC_TIMER_INITIAL, 0);
    write(APIC_ESR, 0);
    write(APIC_ESR, 0); /* the second write clears what the first has fetched */
    write(APIC_LVT_ERROR, vectors->error);
    write(APIC_TPR, 0); /* every priority may come in */
    return OK;
}
/* end: init */

bool local_apic_is_x2apic(void)
{
    return xapic == NULL;
}

uint32_t local_apic_id(void)
{
    return xapic ? field_get32(XAPIC_ID, read(APIC_ID)) : read(APIC_ID);
}

/* snippet: end */
void local_apic_end(void)
{
    write(APIC_EOI, 0);
}

bool local_apic_in_service(uint8_t vector)
{
    return (read(APIC_ISR + vector / 32u * 0x10u) >> vector % 32u & 1) != 0;
}
/* end: end */

uint32_t local_apic_errors(void)
{
    write(APIC_ESR, 0);
    return read(APIC_ESR);
}

/* snippet: timer */
void local_apic_timer_start(uint32_t count, bool periodic)
{
    uint32_t vector = read(APIC_LVT_TIMER) & BITS32(7, 0);
    write(APIC_LVT_TIMER, vector | (periodic ? LVT_PERIODIC : 0));
    write(APIC_TIMER_INITIAL, count); /* starts it */
}

uint32_t local_apic_timer_left(void)
{
    return read(APIC_TIMER_CURRENT);
}
/* end: timer */
