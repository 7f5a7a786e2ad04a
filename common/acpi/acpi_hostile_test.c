/* SPDX-License-Identifier: MIT */
/* Tables that no firmware should write, built byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "acpi/image_host.h"
#include "acpi/table_host.h"

/* --- RSDP --- */

static struct body rsdp_bytes(uint8_t revision, uint32_t rsdt, uint32_t len,
                              uint64_t xsdt)
{
    struct body b = {0};
    put_text(&b, "RSD PTR ", 8);
    put(&b, 0, 1);
    put_text(&b, "SAESAK", 6);
    put(&b, revision, 1);
    put(&b, rsdt, 4);
    image_seal(b.at, 20, 8);
    put(&b, len, 4);
    put(&b, xsdt, 8);
    put(&b, 0, 4);
    image_seal(b.at, len > 36 && len <= 512 ? len : 36, 32);
    if (len > 36 && len <= 512) b.len = len;
    return b;
}

static enum err parse_rsdp(const struct body *b, size_t len, struct acpi_rsdp *rsdp)
{
    uint8_t *block = malloc(len ? len : 1);
    memcpy(block, b->at, len);
    enum err e = acpi_rsdp_parse(block, len, rsdp);
    free(block);
    return e;
}

static void rsdp_of_both_revisions(void **state)
{
    (void)state;
    struct acpi_rsdp rsdp;
    for (size_t len = 0; len <= 40; len++) {
        struct body old = rsdp_bytes(0, 0x1234, 36, 0x5678);
        assert_int_equal(parse_rsdp(&old, len, &rsdp), len < 20 ? ERR_FORMAT : OK);
        assert_int_equal(rsdp.rsdt_pa, len < 20 ? 0 : 0x1234);
        assert_int_equal(rsdp.xsdt_pa, 0);
        struct body new = rsdp_bytes(2, 0x1234, 36, 0x567812345678);
        assert_int_equal(parse_rsdp(&new, len, &rsdp), len < 36 ? ERR_FORMAT : OK);
        assert_int_equal(rsdp.fault, len < 36 ? ACPI_FAULT_TOO_SHORT : ACPI_FAULT_NONE);
        assert_int_equal(rsdp.xsdt_pa, len < 36 ? 0 : 0x567812345678);
        assert_string_equal(rsdp.oem_id, len < 36 ? "" : "SAESAK");
    }
}

static void rsdp_lengths_and_sums(void **state)
{
    (void)state;
    static const struct {
        uint32_t len;
        enum acpi_fault fault;
    } cases[] = {
        {0, ACPI_FAULT_TOO_SHORT},  {20, ACPI_FAULT_TOO_SHORT},
        {35, ACPI_FAULT_TOO_SHORT}, {36, ACPI_FAULT_NONE},
        {60, ACPI_FAULT_NONE},      {256, ACPI_FAULT_NONE},
        {257, ACPI_FAULT_TOO_LONG}, {UINT32_MAX, ACPI_FAULT_TOO_LONG},
    };
    struct acpi_rsdp rsdp;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct body b = rsdp_bytes(2, 1, cases[i].len, 2);
        (void)!parse_rsdp(&b, sizeof b.at, &rsdp);
        assert_int_equal(rsdp.fault, cases[i].fault);
    }
    struct body b = rsdp_bytes(2, 1, 36, 2);
    b.at[33] ^= 1; /* reserved, in the extended part only */
    assert_int_equal(parse_rsdp(&b, 36, &rsdp), ERR_FORMAT);
    assert_int_equal(rsdp.fault, ACPI_FAULT_EXTENDED_CHECKSUM);
    b.at[9] ^= 1;
    assert_int_equal(parse_rsdp(&b, 36, &rsdp), ERR_FORMAT);
    assert_int_equal(rsdp.fault, ACPI_FAULT_CHECKSUM);
    b.at[0] = 'r';
    assert_int_equal(parse_rsdp(&b, 36, &rsdp), ERR_FORMAT);
    assert_int_equal(rsdp.fault, ACPI_FAULT_SIGNATURE);
}

/* --- memory with regions in it --- */

struct memory {
    struct image image;
    struct acpi_memory memory;
};

static void add(struct memory *m, uint64_t pa, const struct body *b)
{
    struct body head = {0};
    put(&head, pa, 8);
    put(&head, b->len, 4);
    size_t len = m->image.len_bytes + head.len + b->len;
    m->image.file = realloc(m->image.file, len);
    memcpy(m->image.file + m->image.len_bytes, head.at, head.len);
    memcpy(m->image.file + m->image.len_bytes + head.len, b->at, b->len);
    m->image.len_bytes = len;
    m->memory = image_memory(&m->image);
}

/* A whole table: `stated` is the length its header claims. */
static struct body whole(const char *signature, uint32_t stated, const struct body *rest)
{
    struct body b = {0};
    put_text(&b, signature, 4);
    put(&b, stated, 4);
    put(&b, 1, 1);
    put(&b, 0, 1);
    put_text(&b, "SAESAKTESTTABL", 14);
    put(&b, 0, 12);
    memcpy(b.at + b.len, rest->at, rest->len);
    b.len += rest->len;
    image_seal(b.at, b.len, 9);
    return b;
}

static void add_table(struct memory *m, uint64_t pa, const char *signature,
                      const struct body *rest)
{
    struct body b = whole(signature, (uint32_t)(HEADER_LEN + rest->len), rest);
    add(m, pa, &b);
}

/* In the EBDA before the BIOS area; a damaged one is passed over. */
static void the_search_takes_the_first_good_one(void **state)
{
    (void)state;
    struct acpi_rsdp rsdp;
    struct memory m = {0};
    struct body bios = rsdp_bytes(0, 0x2000, 36, 0),
                ebda = rsdp_bytes(2, 0x1000, 60, 0x3000);
    struct body pointer = {0};

    assert_int_equal(acpi_rsdp_find(&(struct acpi_memory){image_map, &m.image}, &rsdp),
                     ERR_NOT_FOUND);
    assert_int_equal(rsdp.fault, ACPI_FAULT_ABSENT);
    add(&m, 0xfffe0, &bios);
    assert_int_equal(acpi_rsdp_find(&m.memory, &rsdp), OK);
    assert_int_equal(rsdp.rsdt_pa, 0x2000);

    put(&pointer, 0x9fc0, 2);
    add(&m, 0x40e, &pointer);
    add(&m, 0x9fff0, &ebda); /* the last paragraph of its first KiB */
    assert_int_equal(acpi_rsdp_find(&m.memory, &rsdp), OK);
    assert_int_equal(rsdp.xsdt_pa, 0x3000);

    m.image.file[m.image.len_bytes - 1] ^= 1;
    assert_int_equal(acpi_rsdp_find(&m.memory, &rsdp), OK);
    assert_int_equal(rsdp.rsdt_pa, 0x2000);
    m.image.file[12 + 17] ^= 1;
    assert_int_equal(acpi_rsdp_find(&m.memory, &rsdp), ERR_NOT_FOUND);
    assert_int_equal(rsdp.fault, ACPI_FAULT_EXTENDED_CHECKSUM);
    image_free(&m.image);
}

static void root_tables_are_bounded(void **state)
{
    (void)state;
    struct acpi_root root;
    struct acpi_table table;
    struct memory m = {0};
    struct body list = {0}, ragged = {0}, nothing = {0}, big;

    put(&list, 0, 8);                 /* an empty entry */
    put(&list, UINT64_MAX - 10, 8);   /* wraps */
    put(&list, 0x5000, 8);            /* reachable */
    put(&list, 0x123456789abc000, 8); /* not */
    add_table(&m, 0x1000, "XSDT", &list);
    put(&ragged, 0x5000, 7);
    add_table(&m, 0x2000, "XSDT", &ragged);
    add_table(&m, 0x3000, "RSDT", &nothing);
    big = whole("XSDT", ACPI_TABLE_LEN_MAX + 1, &nothing);
    add(&m, 0x4000, &big);
    add_table(&m, 0x5000, "HPET", &nothing);
    big = whole("XSDT", HEADER_LEN - 1, &nothing);
    add(&m, 0x6000, &big);
    big = whole("XSDT", HEADER_LEN + 8, &nothing); /* more than is there */
    add(&m, 0x7000, &big);

    static const struct {
        uint64_t xsdt_pa;
        uint32_t rsdt_pa;
        enum acpi_fault fault;
    } cases[] = {
        {0x1000, 0, ACPI_FAULT_NONE},
        {0x2000, 0, ACPI_FAULT_RAGGED},
        {0, 0x3000, ACPI_FAULT_NONE},
        {0x3000, 0, ACPI_FAULT_SIGNATURE},
        {0, 0x1000, ACPI_FAULT_SIGNATURE},
        {0x4000, 0, ACPI_FAULT_TOO_LONG},
        {0x6000, 0, ACPI_FAULT_TOO_SHORT},
        {0x7000, 0, ACPI_FAULT_UNREACHABLE},
        {0, 0, ACPI_FAULT_ABSENT},
        {0x9000, 0, ACPI_FAULT_UNREACHABLE},
        {UINT64_MAX, 0, ACPI_FAULT_UNREACHABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct acpi_rsdp rsdp = {.xsdt_pa = cases[i].xsdt_pa,
                                 .rsdt_pa = cases[i].rsdt_pa};
        enum err e = acpi_root_open(&m.memory, &rsdp, &root);
        assert_int_equal(root.fault, cases[i].fault);
        assert_int_equal(e == OK, cases[i].fault == ACPI_FAULT_NONE);
    }

    struct acpi_rsdp rsdp = {.xsdt_pa = 0x1000};
    assert_int_equal(acpi_root_open(&m.memory, &rsdp, &root), OK);
    assert_int_equal(root.entry_count, 4);
    assert_int_equal(acpi_root_table(&root, 0, &table), ERR_NOT_FOUND);
    assert_int_equal(acpi_root_table(&root, 1, &table), ERR_RANGE);
    assert_int_equal(table.fault, ACPI_FAULT_UNREACHABLE);
    assert_int_equal(acpi_root_table(&root, 2, &table), OK);
    assert_int_equal(acpi_root_table(&root, UINT32_MAX, &table), ERR_NOT_FOUND);
    assert_int_equal(acpi_root_find(&root, "HPET", &table), OK);
    assert_int_equal(table.body.left, 0);
    assert_int_equal(acpi_root_find(&root, "APIC", &table), ERR_NOT_FOUND);
    assert_int_equal(table.fault, ACPI_FAULT_UNREACHABLE);
    image_free(&m.image);
}

/* A table that covers more entries than this library follows. */
static const void *endless(void *context, uint64_t pa, size_t len)
{
    static uint8_t block[HEADER_LEN + 8 * (ACPI_ROOT_ENTRIES_MAX + 1)];
    uint32_t count = *(uint32_t *)context;
    uint32_t stated = HEADER_LEN + 8 * count;
    if (pa < 0x1000 || pa - 0x1000 > sizeof block - len) return NULL;
    memcpy(block, "XSDT", 4);
    memcpy(block + 4, &stated, 4);
    image_seal(block, stated, 9);
    return block + (pa - 0x1000);
}

static void too_many_tables_are_refused(void **state)
{
    (void)state;
    struct acpi_root root;
    struct acpi_rsdp rsdp = {.xsdt_pa = 0x1000};
    uint32_t count = ACPI_ROOT_ENTRIES_MAX;
    struct acpi_memory memory = {endless, &count};
    assert_int_equal(acpi_root_open(&memory, &rsdp, &root), OK);
    assert_int_equal(root.entry_count, ACPI_ROOT_ENTRIES_MAX);
    count++;
    assert_int_equal(acpi_root_open(&memory, &rsdp, &root), ERR_RANGE);
    assert_int_equal(root.fault, ACPI_FAULT_TOO_LONG);
}

/* A device that answers, where firmware's table should be: longer at every look. */
static const void *growing(void *context, uint64_t pa, size_t len)
{
    static uint8_t block[64];
    uint32_t *stated = context;
    if (pa != 0x1000 || len > sizeof block) return NULL;
    memset(block, 0, sizeof block);
    memcpy(block, "XSDT", 4);
    memcpy(block + 4, stated, 4);
    image_seal(block, len, 9);
    *stated += 8;
    return block;
}

static void a_table_that_changes_is_refused(void **state)
{
    (void)state;
    struct acpi_root root;
    struct acpi_rsdp rsdp = {.xsdt_pa = 0x1000};
    uint32_t stated = HEADER_LEN;
    struct acpi_memory memory = {growing, &stated};
    assert_int_equal(acpi_root_open(&memory, &rsdp, &root), ERR_FORMAT);
    assert_int_equal(root.fault, ACPI_FAULT_CHANGED);
}

static void every_parser_looks_at_the_signature(void **state)
{
    (void)state;
    struct body b = {.len = 300};
    struct acpi_table_block t = table_of("XYZW", 6, &b);
    struct acpi_madt madt;
    struct acpi_fadt fadt;
    struct acpi_hpet hpet;
    struct acpi_mcfg mcfg;
    assert_int_equal(acpi_madt_parse(&t.table, &madt), ERR_FORMAT);
    assert_int_equal(acpi_fadt_parse(&t.table, &fadt), ERR_FORMAT);
    assert_int_equal(acpi_hpet_parse(&t.table, &hpet), ERR_FORMAT);
    assert_int_equal(acpi_mcfg_parse(&t.table, &mcfg), ERR_FORMAT);
    assert_int_equal(madt.fault, ACPI_FAULT_SIGNATURE);
    assert_int_equal(fadt.fault, ACPI_FAULT_SIGNATURE);
    assert_int_equal(hpet.fault, ACPI_FAULT_SIGNATURE);
    assert_int_equal(mcfg.fault, ACPI_FAULT_SIGNATURE);
    free(t.block);
}

static void every_fault_has_a_name(void **state)
{
    (void)state;
    for (int a = 0; a <= ACPI_FAULT_CHANGED; a++)
        for (int b = 0; b <= a; b++)
            assert_int_equal(strcmp(acpi_fault_name((enum acpi_fault)a),
                                    acpi_fault_name((enum acpi_fault)b)) == 0,
                             a == b);
    assert_string_equal(acpi_fault_name((enum acpi_fault)99), "unknown fault");
}

/* The fault this suite must catch: an RSDP of revision 2 believed because its first 20
 * bytes add up, as in ACPI 1.0. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    struct body b = rsdp_bytes(2, 1, 36, 0xfee1bad);
    struct acpi_rsdp rsdp;
    uint8_t sum = 0;
    b.at[24] ^= 0xff; /* the XSDT's address */
    for (size_t i = 0; i < 20; i++) sum = (uint8_t)(sum + b.at[i]);
    bool wrong_says_good = sum == 0;
    assert_true(wrong_says_good);
    assert_int_equal(parse_rsdp(&b, 36, &rsdp), ERR_FORMAT);
    assert_int_equal(rsdp.xsdt_pa, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsdp_of_both_revisions),
        cmocka_unit_test(rsdp_lengths_and_sums),
        cmocka_unit_test(the_search_takes_the_first_good_one),
        cmocka_unit_test(root_tables_are_bounded),
        cmocka_unit_test(too_many_tables_are_refused),
        cmocka_unit_test(a_table_that_changes_is_refused),
        cmocka_unit_test(every_parser_looks_at_the_signature),
        cmocka_unit_test(every_fault_has_a_name),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("acpi/hostile", tests, NULL, NULL);
}
