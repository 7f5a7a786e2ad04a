/* SPDX-License-Identifier: MIT */
/* Exceptions against SDM 3A table 6-1, and every error code put into words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/exception.h"

static const struct {
    uint8_t vector;
    const char *mnemonic;
    enum exception_kind kind;
    bool error;
} table[] = {
    {0, "#DE", EXCEPTION_FAULT, false},  {1, "#DB", EXCEPTION_MIXED, false},
    {2, "NMI", EXCEPTION_INTERRUPT, false}, {3, "#BP", EXCEPTION_TRAP, false},
    {4, "#OF", EXCEPTION_TRAP, false},   {5, "#BR", EXCEPTION_FAULT, false},
    {6, "#UD", EXCEPTION_FAULT, false},  {7, "#NM", EXCEPTION_FAULT, false},
    {8, "#DF", EXCEPTION_ABORT, true},   {9, "#CSO", EXCEPTION_FAULT, false},
    {10, "#TS", EXCEPTION_FAULT, true},  {11, "#NP", EXCEPTION_FAULT, true},
    {12, "#SS", EXCEPTION_FAULT, true},  {13, "#GP", EXCEPTION_FAULT, true},
    {14, "#PF", EXCEPTION_FAULT, true},  {16, "#MF", EXCEPTION_FAULT, false},
    {17, "#AC", EXCEPTION_FAULT, true},  {18, "#MC", EXCEPTION_ABORT, false},
    {19, "#XM", EXCEPTION_FAULT, false}, {20, "#VE", EXCEPTION_FAULT, false},
    {21, "#CP", EXCEPTION_FAULT, true},  {28, "#HV", EXCEPTION_INTERRUPT, false},
    {29, "#VC", EXCEPTION_FAULT, true},  {30, "#SX", EXCEPTION_FAULT, true},
};

static void every_vector_has_an_answer(void **state)
{
    (void)state;
    size_t next = 0;
    for (unsigned v = 0; v < 256; v++) {
        uint8_t vector = (uint8_t)v;
        bool named = next < sizeof table / sizeof table[0] && table[next].vector == v;
        const char *expected = named    ? table[next].mnemonic
                               : v < 32 ? "reserved"
                                        : "interrupt";
        assert_string_equal(exception_mnemonic(vector), expected);
        assert_true(strlen(exception_name(vector)) > 4);
        assert_int_equal(exception_pushes_error(vector), named && table[next].error);
        assert_int_equal(exception_kind_of(vector), named    ? table[next].kind
                                                    : v < 32 ? EXCEPTION_RESERVED
                                                             : EXCEPTION_INTERRUPT);
        if (named) next++;
    }
    assert_int_equal(next, 24);
}

static void page_faults_in_words(void **state)
{
    (void)state;
    static const struct {
        uint64_t error;
        const char *words;
    } cases[] = {
        {0x00, "read of a page that is not present, in the kernel"},
        {0x02, "write to a page that is not present, in the kernel"},
        {0x03, "write to a page that does not allow it, in the kernel"},
        {0x07, "write to a page that does not allow it, in ring 3"},
        {0x06, "write to a page that is not present, in ring 3"},
        {0x15, "execution of a page that does not allow it, in ring 3"},
        {0x10, "execution of a page that is not present, in the kernel"},
        {0x09, "read of a page whose entry has a reserved bit set, in the kernel"},
        {0x25, "read of a page that does not allow it, in ring 3, protection key"},
        {0x47, "write to a page that does not allow it, in ring 3, shadow stack"},
        {0x8001, "read of a page that does not allow it, in the kernel, enclave"},
        {0x80000001,
         "read of a page that does not allow it, in the kernel, reverse map table"},
        {0x100,
         "read of a page that is not present, in the kernel, and bits without a name"},
    };
    char text[160];
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(page_fault_words(cases[i].error, text, sizeof text),
                         strlen(cases[i].words));
        assert_string_equal(text, cases[i].words);
    }
}

static void selectors_in_words(void **state)
{
    (void)state;
    static const struct {
        uint64_t error;
        const char *words;
    } cases[] = {
        {0x0000, "no descriptor"},
        {0x0001, "no descriptor, while delivering an event from outside"},
        {0x0028, "GDT entry 5"},
        {0x002c, "LDT entry 5"},
        {0x0402, "IDT entry 128"},
        {0x0102, "IDT entry 32"},
        {0x0106, "IDT entry 32"},
        {0x0103, "IDT entry 32, while delivering an event from outside"},
        {0x0002, "IDT entry 0"},
        {0xfff8, "GDT entry 8191"},
        {0x10028, "GDT entry 5, and bits without a name"},
    };
    char text[120];
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(selector_error_words(cases[i].error, text, sizeof text),
                         strlen(cases[i].words));
        assert_string_equal(text, cases[i].words);
    }
    struct selector_error e = selector_error_decode(0x0106);
    assert_int_equal(e.table, SELECTOR_ERROR_IDT);
    assert_int_equal(e.index, 32);
    assert_false(e.is_null);
    assert_true(selector_error_decode(1).is_null);
}

static void the_words_fit_the_vector(void **state)
{
    (void)state;
    char text[120], other[120];
    assert_int_equal(exception_error_words(14, 2, text, sizeof text),
                     page_fault_words(2, other, sizeof other));
    assert_string_equal(text, other);
    for (unsigned v = 10; v <= 13; v++) {
        exception_error_words((uint8_t)v, 0x28, text, sizeof text);
        assert_string_equal(text, "GDT entry 5");
    }
    exception_error_words(21, 1, text, sizeof text);
    assert_string_equal(text, "near return to another address than the shadow stack's");
    exception_error_words(21, 0x8003, text, sizeof text);
    assert_string_equal(
        text, "indirect branch to something else than endbranch, in an enclave");
    exception_error_words(21, 99, text, sizeof text);
    assert_string_equal(text, "unknown cause");
    assert_int_equal(exception_error_words(0, 2, text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void a_small_buffer_cuts_off(void **state)
{
    (void)state;
    char whole[120];
    size_t len = page_fault_words(7, whole, sizeof whole);
    for (size_t size = 0; size <= len + 2; size++) {
        char text[120];
        memset(text, 0x55, sizeof text);
        assert_int_equal(page_fault_words(7, text, size), len);
        size_t kept = size == 0 ? 0 : size - 1 < len ? size - 1 : len;
        assert_memory_equal(text, whole, kept);
        if (size > 0) assert_int_equal(text[kept], 0);
        for (size_t i = size ? kept + 1 : 0; i < sizeof text; i++)
            assert_int_equal(text[i], 0x55);
    }
}

/* The fault this suite must catch: #AC forgotten in the list of error codes. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    const uint32_t wrong = UINT32_C(0x60227d00) & ~BIT32(17);
    unsigned caught = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        caught += (wrong >> table[i].vector & 1) != table[i].error;
    assert_int_equal(caught, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_has_an_answer),
        cmocka_unit_test(page_faults_in_words),
        cmocka_unit_test(selectors_in_words),
        cmocka_unit_test(the_words_fit_the_vector),
        cmocka_unit_test(a_small_buffer_cuts_off),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/exception", tests, NULL, NULL);
}
