/* SPDX-License-Identifier: MIT */
/* Processors and interrupt controllers: ACPI 6.5 5.2.12. */
#include "acpi/inside.h"
#include "base/bits.h"

#define FLAG_PCAT_COMPAT BIT32(0) /* table 5.20: two 8259s */

#define PROCESSOR_ENABLED        BIT32(0) /* table 5.22 */
#define PROCESSOR_ONLINE_CAPABLE BIT32(1)

#define INTI_POLARITY BITS32(1, 0) /* table 5.26 */
#define INTI_TRIGGER  BITS32(3, 2)

#define ISA_IRQ_COUNT 16

static bool read_inti(struct bytes *b, enum acpi_polarity *polarity,
                      enum acpi_trigger *trigger)
{
    uint16_t flags;
    if (!bytes_read_u16(b, &flags)) return false;
    *polarity = (enum acpi_polarity)field_get32(INTI_POLARITY, flags);
    *trigger = (enum acpi_trigger)field_get32(INTI_TRIGGER, flags);
    return true;
}

static bool read_processor_flags(struct bytes *b, struct acpi_madt_processor *p)
{
    uint32_t flags;
    if (!bytes_read_u32(b, &flags)) return false;
    p->enabled = flags & PROCESSOR_ENABLED;
    p->online_capable = !p->enabled && (flags & PROCESSOR_ONLINE_CAPABLE);
    return true;
}

/* 5.2.12.2 */
static bool read_processor(struct bytes *b, struct acpi_madt_processor *p)
{
    uint8_t uid, apic_id;
    if (!bytes_read_u8(b, &uid) || !bytes_read_u8(b, &apic_id)) return false;
    p->uid = uid;
    p->apic_id = apic_id;
    return read_processor_flags(b, p);
}

/* 5.2.12.12 */
static bool read_processor_x2apic(struct bytes *b, struct acpi_madt_processor *p)
{
    return bytes_take(b, 2) && bytes_read_u32(b, &p->apic_id) &&
           read_processor_flags(b, p) && bytes_read_u32(b, &p->uid);
}

/* 5.2.12.3 */
static bool read_io_apic(struct bytes *b, struct acpi_madt_io_apic *io)
{
    return bytes_read_u8(b, &io->id) && bytes_take(b, 1) && bytes_read_u32(b, &io->pa) &&
           bytes_read_u32(b, &io->gsi_base);
}

/* 5.2.12.5 */
static bool read_override(struct bytes *b, struct acpi_madt_override *o)
{
    return bytes_read_u8(b, &o->bus) && bytes_read_u8(b, &o->irq) &&
           bytes_read_u32(b, &o->gsi) && read_inti(b, &o->polarity, &o->trigger);
}

/* 5.2.12.6 */
static bool read_nmi_source(struct bytes *b, struct acpi_madt_nmi_source *n)
{
    return read_inti(b, &n->polarity, &n->trigger) && bytes_read_u32(b, &n->gsi);
}

/* 5.2.12.7 */
static bool read_lapic_nmi(struct bytes *b, struct acpi_madt_lapic_nmi *n)
{
    uint8_t uid;
    if (!bytes_read_u8(b, &uid) || !read_inti(b, &n->polarity, &n->trigger) ||
        !bytes_read_u8(b, &n->lint))
        return false;
    n->all_processors = uid == 0xff;
    n->uid = n->all_processors ? 0 : uid;
    return true;
}

/* 5.2.12.13 */
static bool read_lapic_nmi_x2apic(struct bytes *b, struct acpi_madt_lapic_nmi *n)
{
    uint32_t uid;
    if (!read_inti(b, &n->polarity, &n->trigger) || !bytes_read_u32(b, &uid) ||
        !bytes_read_u8(b, &n->lint) || !bytes_take(b, 3))
        return false;
    n->all_processors = uid == UINT32_MAX;
    n->uid = n->all_processors ? 0 : uid;
    return true;
}

/* Fills the member of the type.  False when the entry is too short for it. */
static bool read_entry(struct bytes *b, struct acpi_madt_entry *entry)
{
    entry->known = true;
    switch (entry->type) {
    case ACPI_MADT_PROCESSOR: return read_processor(b, &entry->processor);
    case ACPI_MADT_IO_APIC: return read_io_apic(b, &entry->io_apic);
    case ACPI_MADT_OVERRIDE: return read_override(b, &entry->override);
    case ACPI_MADT_NMI_SOURCE: return read_nmi_source(b, &entry->nmi_source);
    case ACPI_MADT_LAPIC_NMI: return read_lapic_nmi(b, &entry->lapic_nmi);
    case ACPI_MADT_LAPIC_ADDRESS: /* 5.2.12.8 */
        return bytes_take(b, 2) && bytes_read_u64(b, &entry->lapic_pa);
    case ACPI_MADT_PROCESSOR_X2APIC: return read_processor_x2apic(b, &entry->processor);
    case ACPI_MADT_LAPIC_NMI_X2APIC: return read_lapic_nmi_x2apic(b, &entry->lapic_nmi);
    }
    entry->known = false;
    return true;
}

/* Takes one entry off *left. */
static enum acpi_fault take_entry(struct bytes *left, struct acpi_madt_entry *entry)
{
    struct bytes peek = *left, raw;
    if (!bytes_read_u8(&peek, &entry->type) || !bytes_read_u8(&peek, &entry->len_bytes))
        return ACPI_FAULT_ENTRY_TOO_LONG;
    if (entry->len_bytes < 2) return ACPI_FAULT_ENTRY_LEN_ZERO;
    if (!bytes_slice(left, entry->len_bytes, &raw)) return ACPI_FAULT_ENTRY_TOO_LONG;
    bytes_take(&raw, 2);
    return read_entry(&raw, entry) ? ACPI_FAULT_NONE : ACPI_FAULT_ENTRY_TOO_SHORT;
}

struct acpi_madt_walk acpi_madt_entries(const struct acpi_madt *madt)
{
    return (struct acpi_madt_walk){.left = madt->entries};
}

bool acpi_madt_next(struct acpi_madt_walk *walk, struct acpi_madt_entry *entry)
{
    *entry = (struct acpi_madt_entry){0};
    if (walk->left.left == 0) return false;
    walk->fault = take_entry(&walk->left, entry);
    if (walk->fault == ACPI_FAULT_NONE) return true;
    walk->left = bytes_of(NULL, 0);
    *entry = (struct acpi_madt_entry){0};
    return false;
}

static enum acpi_fault read_madt(const struct acpi_table *table, struct acpi_madt *madt)
{
    if (!acpi_is(table->signature, "APIC")) return ACPI_FAULT_SIGNATURE;

    struct bytes b = table->body;
    uint32_t lapic_pa, flags;
    if (!bytes_read_u32(&b, &lapic_pa) || !bytes_read_u32(&b, &flags))
        return ACPI_FAULT_TOO_SHORT;
    madt->lapic_pa = lapic_pa;
    madt->has_8259 = flags & FLAG_PCAT_COMPAT;
    madt->entries = b;
    return ACPI_FAULT_NONE;
}

enum err acpi_madt_parse(const struct acpi_table *table, struct acpi_madt *madt)
{
    *madt = (struct acpi_madt){0};
    madt->fault = read_madt(table, madt);
    if (madt->fault != ACPI_FAULT_NONE) return acpi_fault_err(madt->fault);

    struct acpi_madt_walk walk = acpi_madt_entries(madt);
    struct acpi_madt_entry entry;
    while (acpi_madt_next(&walk, &entry)) {
        if (entry.type == ACPI_MADT_PROCESSOR || entry.type == ACPI_MADT_PROCESSOR_X2APIC)
            madt->processor_count += entry.processor.enabled;
        else if (entry.type == ACPI_MADT_IO_APIC)
            madt->io_apic_count++;
        else if (entry.type == ACPI_MADT_LAPIC_ADDRESS)
            madt->lapic_pa = entry.lapic_pa;
    }
    madt->fault = walk.fault;
    return OK;
}

struct acpi_madt_override acpi_madt_isa_irq(const struct acpi_madt *madt, uint8_t irq)
{
    ASSERT(irq < ISA_IRQ_COUNT);
    struct acpi_madt_override found = {.irq = irq, .gsi = irq};
    struct acpi_madt_walk walk = acpi_madt_entries(madt);
    struct acpi_madt_entry entry;
    while (acpi_madt_next(&walk, &entry))
        if (entry.type == ACPI_MADT_OVERRIDE && entry.override.bus == 0 &&
            entry.override.irq == irq) {
            found = entry.override;
            break;
        }
    if (found.polarity == ACPI_POLARITY_BUS) found.polarity = ACPI_POLARITY_HIGH;
    if (found.trigger == ACPI_TRIGGER_BUS) found.trigger = ACPI_TRIGGER_EDGE;
    return found;
}
