/* SPDX-License-Identifier: MIT */
#include "cpu/io_apic.h"

#include <stddef.h>

#include "base/bits.h"
#include "base/mmio.h"
#include "console/log.h"

#define MAPPED_END (UINT64_C(4) << 30) /* boot/start.asm maps the first 4 GiB */

/* snippet: registers */
/* Two cells: the number of a register goes to one, its content is at the other. */
struct io_apic_cells {
    reg32 select;
    uint32_t reserved[3];
    reg32 window;
};
_Static_assert(offsetof(struct io_apic_cells, window) == 0x10, "82093AA 3.1");

enum { IO_APIC_VERSION = 0x01, IO_APIC_REDIRECTION = 0x10 /* two registers for each input */ };
#define VERSION_LAST_INPUT BITS32(23, 16)

/* The low half of an entry; of the high one only the destination, bits 31:24. */
#define ENTRY_VECTOR      BITS32(7, 0)
#define ENTRY_ACTIVE_LOW  BIT32(13)
#define ENTRY_LEVEL       BIT32(15)
#define ENTRY_MASKED      BIT32(16)
#define ENTRY_DESTINATION BITS32(31, 24)
/* end: registers */

enum { IO_APICS_MAX = 8 };

static struct io_apic {
    struct io_apic_cells *cells;
    uint32_t gsi_base, inputs;
} io_apics[IO_APICS_MAX];
static unsigned count;

static uint32_t read(const struct io_apic *a, uint32_t number)
{
    reg_write32(&a->cells->select, number);
    return reg_read32(&a->cells->window);
}

static void write(const struct io_apic *a, uint32_t number, uint32_t value)
{
    reg_write32(&a->cells->select, number);
    reg_write32(&a->cells->window, value);
}

static void write_entry(const struct io_apic *a, uint32_t input, uint32_t high, uint32_t low)
{
    uint32_t number = IO_APIC_REDIRECTION + 2 * input;
    write(a, number, ENTRY_MASKED); /* never live and half written */
    write(a, number + 1, high);
    write(a, number, low);
}

static void add(const struct acpi_madt_io_apic *found)
{
    struct io_apic *a = &io_apics[count];

    if (count == IO_APICS_MAX || found->pa > MAPPED_END - sizeof *a->cells) return;
    a->cells = (struct io_apic_cells *)(uint64_t)found->pa;
    a->gsi_base = found->gsi_base;
    uint32_t version = read(a, IO_APIC_VERSION);
    if (version == UINT32_MAX) {
        log_warning("io apic: nothing answers at %#x", found->pa);
        return;
    }
    a->inputs = field_get32(VERSION_LAST_INPUT, version) + 1;
    for (uint32_t input = 0; input < a->inputs; input++) write_entry(a, input, 0, ENTRY_MASKED);
    count++;
}

enum err io_apic_init(const struct acpi_madt *madt)
{
    struct acpi_madt_walk walk = acpi_madt_entries(madt);
    struct acpi_madt_entry e;

    while (acpi_madt_next(&walk, &e))
        if (e.type == ACPI_MADT_IO_APIC) add(&e.io_apic);
    return count > 0 ? OK : ERR_NOT_FOUND;
}

unsigned io_apic_count(void)
{
    return count;
}

unsigned io_apic_inputs(void)
{
    unsigned inputs = 0;
    for (unsigned i = 0; i < count; i++) inputs += io_apics[i].inputs;
    return inputs;
}

static const struct io_apic *find(uint32_t gsi)
{
    for (unsigned i = 0; i < count; i++) {
        const struct io_apic *a = &io_apics[i];
        if (gsi >= a->gsi_base && gsi - a->gsi_base < a->inputs) return a;
    }
    return NULL;
}

/* snippet: route */
enum err io_apic_route(const struct acpi_madt_override *line, uint8_t vector, uint32_t apic_id)
{
    const struct io_apic *a = find(line->gsi);

    if (!a) return ERR_NOT_FOUND;
    if (apic_id > UINT8_MAX) return ERR_RANGE;
    uint32_t low = ENTRY_MASKED | field_put32(ENTRY_VECTOR, vector);
    if (line->polarity == ACPI_POLARITY_LOW) low |= ENTRY_ACTIVE_LOW;
    if (line->trigger == ACPI_TRIGGER_LEVEL) low |= ENTRY_LEVEL;
    write_entry(a, line->gsi - a->gsi_base, field_put32(ENTRY_DESTINATION, apic_id), low);
    return OK;
}

void io_apic_set_masked(uint32_t gsi, bool masked)
{
    const struct io_apic *a = find(gsi);
    ASSERT(a);
    uint32_t number = IO_APIC_REDIRECTION + 2 * (gsi - a->gsi_base);
    uint32_t low = read(a, number) & ~ENTRY_MASKED;
    write(a, number, low | (masked ? ENTRY_MASKED : 0));
}
/* end: route */
