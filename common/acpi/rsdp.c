/* SPDX-License-Identifier: MIT */
/* The root system description pointer: ACPI 6.5 5.2.5. */
#include "acpi/inside.h"

#define LEN_REVISION_0 20
#define LEN_REVISION_2 36

static const uint8_t signature[8] = {'R', 'S', 'D', ' ', 'P', 'T', 'R', ' '};

static bool is_signed(const uint8_t *start)
{
    for (size_t i = 0; i < sizeof signature; i++)
        if (start[i] != signature[i]) return false;
    return true;
}

/* The part that came with ACPI 2.0.  `b` stands behind the first 20 bytes of `start`. */
static enum acpi_fault read_revision_2(const uint8_t *start, struct bytes b,
                                       size_t len_given, struct acpi_rsdp *rsdp)
{
    uint32_t len;
    if (!bytes_read_u32(&b, &len) || !bytes_read_u64(&b, &rsdp->xsdt_pa) || b.left < 4)
        return ACPI_FAULT_TOO_SHORT;
    if (len < LEN_REVISION_2) return ACPI_FAULT_TOO_SHORT;
    if (len > ACPI_RSDP_LEN_MAX || len > len_given) return ACPI_FAULT_TOO_LONG;
    if (acpi_sum(start, len) != 0) return ACPI_FAULT_EXTENDED_CHECKSUM;
    return ACPI_FAULT_NONE;
}

static enum acpi_fault read_rsdp(const uint8_t *start, size_t len_given,
                                 struct acpi_rsdp *rsdp)
{
    struct bytes b = bytes_of(start, len_given);
    if (len_given < LEN_REVISION_0) return ACPI_FAULT_TOO_SHORT;
    if (!is_signed(bytes_take(&b, 8))) return ACPI_FAULT_SIGNATURE;
    if (acpi_sum(start, LEN_REVISION_0) != 0) return ACPI_FAULT_CHECKSUM;

    bytes_take(&b, 1); /* the checksum */
    acpi_copy_text(rsdp->oem_id, bytes_take(&b, 6), 6);
    if (!bytes_read_u8(&b, &rsdp->revision) || !bytes_read_u32(&b, &rsdp->rsdt_pa))
        return ACPI_FAULT_TOO_SHORT;
    if (rsdp->revision < 2) return ACPI_FAULT_NONE;
    return read_revision_2(start, b, len_given, rsdp);
}

enum err acpi_rsdp_parse(const void *start, size_t len_bytes, struct acpi_rsdp *rsdp)
{
    *rsdp = (struct acpi_rsdp){0};
    enum acpi_fault fault = read_rsdp(start, len_bytes, rsdp);
    if (fault != ACPI_FAULT_NONE) *rsdp = (struct acpi_rsdp){.fault = fault};
    return acpi_fault_err(fault);
}

/* Reads the RSDP that may stand at `pa`.  How much to map is known only in steps. */
static enum err parse_at(const struct acpi_memory *memory, uint64_t pa,
                         struct acpi_rsdp *rsdp)
{
    size_t len = LEN_REVISION_0;
    for (;;) {
        const void *start = acpi_map(memory, pa, len);
        if (!start) {
            *rsdp = (struct acpi_rsdp){.fault = ACPI_FAULT_UNREACHABLE};
            return ERR_RANGE;
        }
        enum err e = acpi_rsdp_parse(start, len, rsdp);
        if (e == OK || len == ACPI_RSDP_LEN_MAX) return e;

        /* Revision 2: first its length, then all of it. */
        struct bytes b = bytes_of(start, len);
        uint32_t stated;
        if (rsdp->fault == ACPI_FAULT_TOO_SHORT && len == LEN_REVISION_0) {
            len = LEN_REVISION_2;
        } else if (rsdp->fault == ACPI_FAULT_TOO_LONG && bytes_take(&b, LEN_REVISION_0) &&
                   bytes_read_u32(&b, &stated) && stated > len &&
                   stated <= ACPI_RSDP_LEN_MAX) {
            len = stated;
        } else {
            return e;
        }
    }
}

/* Looks through `len` bytes from `pa` on.  The first damage met is kept in *damage. */
static bool search(const struct acpi_memory *memory, uint64_t pa, uint32_t len,
                   struct acpi_rsdp *rsdp, enum acpi_fault *damage)
{
    for (uint64_t end = pa + len; pa < end; pa += 16) {
        const uint8_t *start = acpi_map(memory, pa, sizeof signature);
        if (!start || !is_signed(start)) continue;
        if (parse_at(memory, pa, rsdp) == OK) return true;
        if (*damage == ACPI_FAULT_ABSENT) *damage = rsdp->fault;
    }
    return false;
}

enum err acpi_rsdp_find(const struct acpi_memory *memory, struct acpi_rsdp *rsdp)
{
    enum acpi_fault damage = ACPI_FAULT_ABSENT;

    /* The BIOS data area names the segment of its extension at 40:0E. */
    const void *pointer = acpi_map(memory, 0x40e, 2);
    struct bytes b = bytes_of(pointer, pointer ? 2 : 0);
    uint16_t segment = 0;
    if (bytes_read_u16(&b, &segment) && segment != 0 &&
        search(memory, (uint64_t)segment << 4, 1024, rsdp, &damage))
        return OK;

    if (search(memory, 0xe0000, 0x20000, rsdp, &damage)) return OK;
    *rsdp = (struct acpi_rsdp){.fault = damage};
    return ERR_NOT_FOUND;
}
