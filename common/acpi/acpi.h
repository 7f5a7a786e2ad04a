/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables, read safely: which processors, interrupt controllers and timers there are.
 *
 * Source   ACPI 6.5 chapter 5.2; HPET 1.0a 3.2.4; PCI Firmware 3.3 4.1.2.  The byte code
 *          in the DSDT and SSDTs is not interpreted.
 * Input    Untrusted.  Checksums, lengths, counts and addresses come from firmware; each
 *          is checked before it is believed, and every walk is bounded by a length that
 *          was really there.  What is refused says why: struct member `fault`.
 * Memory   Allocates nothing.  Values are copied out into plain structs, so unaligned
 *          tables are fine.  Only the `struct bytes` members (body, entries) still point
 *          into the table: they are good until the next call that is given the same
 *          acpi_memory, because that may map something else.
 * Reaching Physical addresses only.  The caller's map() turns one into a pointer, so this
 *          works before paging, after paging, and on a file of dumped tables.
 * Use      acpi_rsdp_parse (from the boot loader's copy) or acpi_rsdp_find (BIOS memory),
 *          then acpi_root_open, then for each table acpi_root_find and its own parse.
 * Units    Addresses and lengths are in bytes, interrupts are global system interrupts.
 * Errors   ERR_NOT_FOUND no such table, ERR_RANGE out of reach or beyond a bound here,
 *          ERR_FORMAT contradicts the specification.  After a failure everything in the
 *          output is 0 but `fault`.
 * Calls    No state, no policy, nothing printed: any context.
 */
#ifndef ACPI_ACPI_H
#define ACPI_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

/* Longer tables than these are refused: a wrong length must not send a checksum across
 * device registers. */
#define ACPI_TABLE_LEN_MAX    (1024u * 1024u)
#define ACPI_ROOT_ENTRIES_MAX 1024u
#define ACPI_RSDP_LEN_MAX     256u

/* Why something was refused. */
enum acpi_fault {
    ACPI_FAULT_NONE = 0,
    ACPI_FAULT_ABSENT,            /* there is none */
    ACPI_FAULT_UNREACHABLE,       /* map() said no, or the address wraps */
    ACPI_FAULT_SIGNATURE,         /* not the table it should be */
    ACPI_FAULT_CHECKSUM,          /* the bytes do not add up to 0 */
    ACPI_FAULT_EXTENDED_CHECKSUM, /* the same, over the whole RSDP of revision 2 */
    ACPI_FAULT_TOO_SHORT,         /* the length does not cover the fixed part */
    ACPI_FAULT_TOO_LONG,          /* the length is beyond a bound or the bytes given */
    ACPI_FAULT_RAGGED,            /* the length is not a whole number of entries */
    ACPI_FAULT_ENTRY_LEN_ZERO,    /* an entry whose length does not even cover itself */
    ACPI_FAULT_ENTRY_TOO_SHORT,   /* an entry shorter than its type needs */
    ACPI_FAULT_ENTRY_TOO_LONG,    /* an entry that runs past the end of its table */
    ACPI_FAULT_VALUE,             /* a field holds what the specification rules out */
    ACPI_FAULT_CHANGED,           /* two reads of the same header differ */
};

/* A few lower-case English words for any value, known or not; never NULL. */
const char *acpi_fault_name(enum acpi_fault fault);

/* How physical memory is reached. */
struct acpi_memory {
    /* `len_bytes` readable bytes at `physical`, or NULL when they cannot be reached.  The
     * pointer has to stay good until the next call. */
    const void *(*map)(void *context, uint64_t physical, size_t len_bytes);
    void *context;
};

/* --- RSDP: where it all starts.  ACPI 6.5 5.2.5.3 --- */

struct acpi_rsdp {
    char oem_id[7];   /* as the firmware wrote it, closed with a NUL */
    uint8_t revision; /* 0 for ACPI 1.0, 2 from ACPI 2.0 on */
    uint32_t rsdt_pa; /* 0: none */
    uint64_t xsdt_pa; /* 0: none, or revision 0 */
    enum acpi_fault fault;
};

/* Reads the RSDP at `start`, of which `len_bytes` bytes may be looked at: 20 suffice for
 * revision 0, 36 for revision 2.  Both checksums of revision 2 have to be right. */
MUST_CHECK enum err acpi_rsdp_parse(const void *start, size_t len_bytes,
                                    struct acpi_rsdp *rsdp);

/* Looks where a BIOS puts it: the first KiB of the extended BIOS data area, then E0000h
 * to FFFFFh, on 16-byte boundaries (ACPI 6.5 5.2.5.1).  Memory that cannot be reached is
 * passed over.  With only damaged ones around, ERR_NOT_FOUND and the first damage in
 * `fault`.  UEFI hands the address over in its configuration table instead. */
MUST_CHECK enum err acpi_rsdp_find(const struct acpi_memory *memory,
                                   struct acpi_rsdp *rsdp);

/* --- RSDT and XSDT: the list of tables.  ACPI 6.5 5.2.7, 5.2.8 --- */

struct acpi_root {
    struct acpi_memory memory;
    uint64_t entries_pa;
    uint32_t entry_count;
    uint8_t entry_size; /* in bytes: 4 in an RSDT, 8 in an XSDT */
    enum acpi_fault fault;
};

/* A table whose length and checksum are right.  ACPI 6.5 5.2.6 */
struct acpi_table {
    char signature[5]; /* this and the next two closed with a NUL */
    char oem_id[7];
    char oem_table_id[9];
    uint8_t revision;
    uint64_t pa;
    uint32_t len_bytes; /* with the header */
    struct bytes body;  /* what follows the header; see Memory above */
    enum acpi_fault fault;
};

/* Opens the XSDT where the RSDP names one, the RSDT otherwise.  When that fails, whether
 * to try the other one is for the caller: set xsdt_pa to 0 and call again.  Copies
 * `memory`. */
MUST_CHECK enum err acpi_root_open(const struct acpi_memory *memory,
                                   const struct acpi_rsdp *rsdp, struct acpi_root *root);

/* Table number `index`, from 0; ERR_NOT_FOUND from entry_count on and for an entry that
 * holds address 0. */
MUST_CHECK enum err acpi_root_table(const struct acpi_root *root, uint32_t index,
                                    struct acpi_table *table);

/* The first table with this signature, 4 characters long: "APIC", "FACP", "HPET",
 * "MCFG". Only that table is checked.  When none is found but some entry could not be
 * reached, the fault is ACPI_FAULT_UNREACHABLE and the result still ERR_NOT_FOUND. */
MUST_CHECK enum err acpi_root_find(const struct acpi_root *root, const char *signature,
                                   struct acpi_table *table);

/* --- Generic address.  ACPI 6.5 5.2.3.2 --- */

enum acpi_space { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_IO = 1, ACPI_SPACE_PCI_CONFIG = 2 };

/* A register anywhere.  Address 0 means that there is none. */
struct acpi_gas {
    uint8_t space;      /* enum acpi_space, or another number of the specification's */
    uint8_t width_bits; /* of the register; some firmware leaves 0 */
    uint8_t offset_bits;
    uint8_t access_log2_plus1; /* 1 byte, 2 word, 3 dword, 4 qword; 0 not said */
    uint64_t address;
};

/* --- MADT: processors and interrupt controllers.  ACPI 6.5 5.2.12 --- */

struct acpi_madt {
    uint64_t lapic_pa;        /* of every processor's own APIC; type 5 already applied */
    bool has_8259;            /* two legacy controllers exist and have to be masked */
    uint32_t processor_count; /* of these, enabled now */
    uint32_t io_apic_count;
    struct bytes entries;
    /* Also set when parsing succeeds but the entries are damaged: what stands before the
     * damage still counts. */
    enum acpi_fault fault;
};

enum acpi_madt_type {
    ACPI_MADT_PROCESSOR = 0,
    ACPI_MADT_IO_APIC = 1,
    ACPI_MADT_OVERRIDE = 2,
    ACPI_MADT_NMI_SOURCE = 3,
    ACPI_MADT_LAPIC_NMI = 4,
    ACPI_MADT_LAPIC_ADDRESS = 5,
    ACPI_MADT_PROCESSOR_X2APIC = 9,
    ACPI_MADT_LAPIC_NMI_X2APIC = 10,
};

/* ACPI 6.5 5.2.12.5, MPS INTI flags.  The bus's own rule on ISA: edge, active high. */
enum acpi_polarity {
    ACPI_POLARITY_BUS = 0,
    ACPI_POLARITY_HIGH = 1,
    ACPI_POLARITY_RESERVED = 2,
    ACPI_POLARITY_LOW = 3,
};
enum acpi_trigger {
    ACPI_TRIGGER_BUS = 0,
    ACPI_TRIGGER_EDGE = 1,
    ACPI_TRIGGER_RESERVED = 2,
    ACPI_TRIGGER_LEVEL = 3,
};

struct acpi_madt_processor { /* types 0 and 9 */
    uint32_t uid;            /* the processor's name in the DSDT */
    uint32_t apic_id;
    bool enabled;
    bool online_capable; /* not enabled, but may be later (ACPI 6.3 on) */
};
struct acpi_madt_io_apic { /* type 1 */
    uint8_t id;
    uint32_t pa;
    uint32_t gsi_base; /* the interrupt that its first input is */
};
struct acpi_madt_override { /* type 2 */
    uint8_t bus;            /* always 0: ISA */
    uint8_t irq;            /* the ISA interrupt that does not arrive where it says */
    uint32_t gsi;           /* where it arrives instead */
    enum acpi_polarity polarity;
    enum acpi_trigger trigger;
};
struct acpi_madt_nmi_source { /* type 3: an I/O APIC input to be made an NMI */
    uint32_t gsi;
    enum acpi_polarity polarity;
    enum acpi_trigger trigger;
};
struct acpi_madt_lapic_nmi { /* types 4 and 10: a local APIC input to be made an NMI */
    uint32_t uid;            /* 0 where all_processors */
    bool all_processors;
    uint8_t lint; /* 0 or 1 */
    enum acpi_polarity polarity;
    enum acpi_trigger trigger;
};

struct acpi_madt_entry {
    uint8_t type; /* enum acpi_madt_type, or any other number: `known` is false */
    uint8_t len_bytes;
    bool known;
    union {
        struct acpi_madt_processor processor;
        struct acpi_madt_io_apic io_apic;
        struct acpi_madt_override override;
        struct acpi_madt_nmi_source nmi_source;
        struct acpi_madt_lapic_nmi lapic_nmi;
        uint64_t lapic_pa; /* type 5 */
    };
};

struct acpi_madt_walk {
    struct bytes left;
    enum acpi_fault fault; /* once next has said false: why, NONE at the regular end */
};

MUST_CHECK enum err acpi_madt_parse(const struct acpi_table *table,
                                    struct acpi_madt *madt);

struct acpi_madt_walk acpi_madt_entries(const struct acpi_madt *madt);

/* The next entry, of whatever type; false at the end and, for good, at the first damaged
 * one. Types not listed above are returned with `known` false. */
bool acpi_madt_next(struct acpi_madt_walk *walk, struct acpi_madt_entry *entry);

/* Where ISA interrupt `irq` (0 to 15) arrives, with the overrides applied and "as on the
 * bus" replaced by what that is on ISA.  Without an override: gsi = irq, edge, active
 * high. */
struct acpi_madt_override acpi_madt_isa_irq(const struct acpi_madt *madt, uint8_t irq);

/* --- FADT: fixed hardware.  ACPI 6.5 5.2.9 --- */

/* Fields that the table is too short or too old to have are 0 unless said otherwise. */
struct acpi_fadt {
    uint8_t revision;
    uint8_t preferred_profile; /* 1 desktop, 2 mobile, … (5.2.9.1) */
    uint64_t dsdt_pa;          /* the 64-bit field where it is not 0, as in all below */
    uint64_t facs_pa;

    uint16_t sci_int;    /* an ISA interrupt where has_8259, a GSI otherwise */
    uint32_t smi_cmd;    /* port; 0: no SMI, ACPI mode is always on */
    uint8_t acpi_enable; /* written to smi_cmd; 0: not supported */
    uint8_t acpi_disable;
    struct acpi_gas pm1a_event, pm1b_event, pm1a_control, pm1b_control;

    struct acpi_gas pm_timer;    /* 3.579545 MHz (4.8.3.3); address 0: none */
    uint8_t pm_timer_width_bits; /* 24 or 32; 0: none */

    bool has_reset; /* writing reset_value to reset_reg resets (4.8.3.6) */
    struct acpi_gas reset_reg;
    uint8_t reset_value;

    uint8_t cmos_century;  /* CMOS index of the century; 0: there is none */
    uint32_t flags;        /* raw, as in table 5.10 */
    bool hardware_reduced; /* no fixed hardware: neither SCI nor PM blocks nor timer */

    /* IAPC_BOOT_ARCH (5.2.9.3).  Revision 1 does not have it: then everything a PC of
     * that time had is taken to be there. */
    bool has_boot_arch;
    bool has_legacy_devices;
    bool has_8042;
    bool no_vga;
    bool no_msi;
    bool no_aspm;
    bool no_cmos_rtc;

    enum acpi_fault fault;
};

/* Reads revisions 1 to 6 and later ones' known part.  Which fields exist is decided by
 * the length, since firmware with a revision that does not match it is common; only
 * IAPC_BOOT_ARCH, in bytes that revision 1 reserved, also needs the revision. */
MUST_CHECK enum err acpi_fadt_parse(const struct acpi_table *table,
                                    struct acpi_fadt *fadt);

/* --- HPET.  HPET 1.0a 3.2.4 --- */

struct acpi_hpet {
    struct acpi_gas base; /* always in memory */
    uint8_t hardware_revision;
    uint8_t comparator_count; /* 1 to 32 */
    bool counter_is_64_bit;
    bool legacy_routing; /* can take the place of the PIT's and RTC's interrupts */
    uint16_t pci_vendor;
    uint8_t number;
    uint16_t min_tick;       /* shortest period that loses no interrupt; 0: not said */
    uint8_t page_protection; /* 0 none, 1 has its 4 KiB page alone, 2 its 64 KiB */
    enum acpi_fault fault;
};

MUST_CHECK enum err acpi_hpet_parse(const struct acpi_table *table,
                                    struct acpi_hpet *hpet);

/* --- MCFG: PCI Express configuration space in memory.  PCI Firmware 3.3 4.1.2 --- */

struct acpi_mcfg {
    uint32_t allocation_count;
    struct bytes allocations;
    enum acpi_fault fault;
};

/* Buses first_bus to last_bus of a segment.  `pa` is where bus 0 would be, even when
 * first_bus is not 0. */
struct acpi_mcfg_allocation {
    uint64_t pa;
    uint16_t segment;
    uint8_t first_bus, last_bus;
};

struct acpi_mcfg_walk {
    struct bytes left;
    enum acpi_fault fault;
};

MUST_CHECK enum err acpi_mcfg_parse(const struct acpi_table *table,
                                    struct acpi_mcfg *mcfg);
struct acpi_mcfg_walk acpi_mcfg_allocations(const struct acpi_mcfg *mcfg);

/* The next allocation; false at the end and, for good, at one whose buses run backwards
 * or whose addresses wrap or are not aligned to a bus (1 MiB). */
bool acpi_mcfg_next(struct acpi_mcfg_walk *walk, struct acpi_mcfg_allocation *allocation);

#endif
