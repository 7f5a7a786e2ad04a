/* SPDX-License-Identifier: MIT */
/* The list of tables, and the header that each begins with: ACPI 6.5 5.2.6 to 5.2.8. */
#include "acpi/inside.h"

#define HEADER_LEN 36

/* Signature and length, enough to decide whether to map the whole. */
struct head {
    char signature[5];
    uint32_t len_bytes;
};

static bool read_head(struct bytes *b, struct head *head)
{
    const uint8_t *signature = bytes_take(b, 4);
    if (!signature) return false;
    acpi_copy_text(head->signature, signature, 4);
    return bytes_read_u32(b, &head->len_bytes);
}

static enum acpi_fault map_head(const struct acpi_memory *memory, uint64_t pa,
                                struct head *head)
{
    const void *start = acpi_map(memory, pa, HEADER_LEN);
    struct bytes b = bytes_of(start, start ? HEADER_LEN : 0);
    return read_head(&b, head) ? ACPI_FAULT_NONE : ACPI_FAULT_UNREACHABLE;
}

/* The rest of the header.  `b` stands behind signature and length. */
static bool read_header_rest(struct bytes *b, struct acpi_table *table)
{
    const uint8_t *oem_id, *oem_table_id;
    if (!bytes_read_u8(b, &table->revision) || !bytes_take(b, 1) ||
        !(oem_id = bytes_take(b, 6)) || !(oem_table_id = bytes_take(b, 8)) ||
        !bytes_take(b, 12)) /* OEM revision, compiler, compiler's revision */
        return false;
    acpi_copy_text(table->oem_id, oem_id, 6);
    acpi_copy_text(table->oem_table_id, oem_table_id, 8);
    return true;
}

static enum acpi_fault read_table(const struct acpi_memory *memory, uint64_t pa,
                                  struct acpi_table *table)
{
    struct head first, again;
    enum acpi_fault fault = map_head(memory, pa, &first);
    if (fault != ACPI_FAULT_NONE) return fault;
    if (first.len_bytes < HEADER_LEN) return ACPI_FAULT_TOO_SHORT;
    if (first.len_bytes > ACPI_TABLE_LEN_MAX) return ACPI_FAULT_TOO_LONG;

    const void *start = acpi_map(memory, pa, first.len_bytes);
    if (!start) return ACPI_FAULT_UNREACHABLE;
    if (acpi_sum(start, first.len_bytes) != 0) return ACPI_FAULT_CHECKSUM;

    struct bytes b = bytes_of(start, first.len_bytes);
    if (!read_head(&b, &again) || again.len_bytes != first.len_bytes ||
        !acpi_is(again.signature, first.signature))
        return ACPI_FAULT_CHANGED;
    acpi_copy_text(table->signature, (const uint8_t *)again.signature, 4);
    if (!read_header_rest(&b, table)) return ACPI_FAULT_TOO_SHORT;
    table->pa = pa;
    table->len_bytes = first.len_bytes;
    table->body = b;
    return ACPI_FAULT_NONE;
}

static enum err open_table(const struct acpi_memory *memory, uint64_t pa,
                           struct acpi_table *table)
{
    *table = (struct acpi_table){0};
    enum acpi_fault fault = read_table(memory, pa, table);
    if (fault != ACPI_FAULT_NONE) *table = (struct acpi_table){.fault = fault};
    return acpi_fault_err(fault);
}

static enum acpi_fault read_root(const struct acpi_memory *memory,
                                 const struct acpi_rsdp *rsdp, struct acpi_root *root)
{
    bool extended = rsdp->xsdt_pa != 0;
    uint64_t pa = extended ? rsdp->xsdt_pa : rsdp->rsdt_pa;
    if (pa == 0) return ACPI_FAULT_ABSENT;

    struct acpi_table table;
    if (open_table(memory, pa, &table) != OK) return table.fault;
    if (!acpi_is(table.signature, extended ? "XSDT" : "RSDT"))
        return ACPI_FAULT_SIGNATURE;

    uint8_t entry_size = extended ? 8 : 4;
    size_t count = table.body.left / entry_size;
    if (table.body.left % entry_size != 0) return ACPI_FAULT_RAGGED;
    if (count > ACPI_ROOT_ENTRIES_MAX) return ACPI_FAULT_TOO_LONG;
    root->memory = *memory;
    root->entries_pa = pa + HEADER_LEN;
    root->entry_count = (uint32_t)count;
    root->entry_size = entry_size;
    return ACPI_FAULT_NONE;
}

enum err acpi_root_open(const struct acpi_memory *memory, const struct acpi_rsdp *rsdp,
                        struct acpi_root *root)
{
    *root = (struct acpi_root){0};
    enum acpi_fault fault = read_root(memory, rsdp, root);
    if (fault != ACPI_FAULT_NONE) *root = (struct acpi_root){.fault = fault};
    return acpi_fault_err(fault);
}

/* The address in entry `index`, which has to exist. */
static enum acpi_fault entry_pa(const struct acpi_root *root, uint32_t index,
                                uint64_t *pa)
{
    const void *start =
        acpi_map(&root->memory, root->entries_pa + (uint64_t)index * root->entry_size,
                 root->entry_size);
    struct bytes b = bytes_of(start, start ? root->entry_size : 0);
    if (!bytes_read_le(&b, root->entry_size, pa)) return ACPI_FAULT_UNREACHABLE;
    return *pa == 0 ? ACPI_FAULT_ABSENT : ACPI_FAULT_NONE;
}

enum err acpi_root_table(const struct acpi_root *root, uint32_t index,
                         struct acpi_table *table)
{
    uint64_t pa;
    enum acpi_fault fault = ACPI_FAULT_ABSENT;
    if (index < root->entry_count) fault = entry_pa(root, index, &pa);
    if (fault == ACPI_FAULT_NONE) return open_table(&root->memory, pa, table);
    *table = (struct acpi_table){.fault = fault};
    return acpi_fault_err(fault);
}

enum err acpi_root_find(const struct acpi_root *root, const char *signature,
                        struct acpi_table *table)
{
    enum acpi_fault missing = ACPI_FAULT_ABSENT;
    for (uint32_t i = 0; i < root->entry_count; i++) {
        struct head head;
        uint64_t pa;
        enum acpi_fault fault = entry_pa(root, i, &pa);
        if (fault == ACPI_FAULT_ABSENT) continue;
        if (fault == ACPI_FAULT_NONE) fault = map_head(&root->memory, pa, &head);
        if (fault != ACPI_FAULT_NONE) {
            missing = fault;
            continue;
        }
        if (acpi_is(head.signature, signature))
            return open_table(&root->memory, pa, table);
    }
    *table = (struct acpi_table){.fault = missing};
    return ERR_NOT_FOUND;
}
