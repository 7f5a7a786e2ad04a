/* SPDX-License-Identifier: MIT */
/* Fixed hardware: ACPI 6.5 5.2.9. */
#include "acpi/inside.h"
#include "base/bits.h"

#define HEADER_LEN     36
#define LEN_REVISION_1 116 /* the part that every revision has */

#define FLAG_RESET_REG_SUP BIT32(10) /* table 5.10 */
#define FLAG_TMR_VAL_EXT   BIT32(8)
#define FLAG_HW_REDUCED    BIT32(20)

#define BOOT_LEGACY_DEVICES BIT32(0) /* table 5.11 */
#define BOOT_8042           BIT32(1)
#define BOOT_NO_VGA         BIT32(2)
#define BOOT_NO_MSI         BIT32(3)
#define BOOT_NO_ASPM        BIT32(4)
#define BOOT_NO_CMOS_RTC    BIT32(5)

/* Offsets from the start of the table, as table 5.9 gives them. */
enum {
    FIRMWARE_CTRL = 36,
    DSDT = 40,
    PREFERRED_PM_PROFILE = 45,
    SCI_INT = 46,
    SMI_CMD = 48,
    ACPI_ENABLE = 52,
    ACPI_DISABLE = 53,
    PM1A_EVT_BLK = 56,
    PM1B_EVT_BLK = 60,
    PM1A_CNT_BLK = 64,
    PM1B_CNT_BLK = 68,
    PM_TMR_BLK = 76,
    PM1_EVT_LEN = 88,
    PM1_CNT_LEN = 89,
    PM_TMR_LEN = 91,
    CENTURY = 108,
    IAPC_BOOT_ARCH = 109,
    FLAGS = 112,
    RESET_REG = 116,
    RESET_VALUE = 128,
    X_FIRMWARE_CTRL = 132,
    X_DSDT = 140,
    X_PM1A_EVT_BLK = 148,
    X_PM1B_EVT_BLK = 160,
    X_PM1A_CNT_BLK = 172,
    X_PM1B_CNT_BLK = 184,
    X_PM_TMR_BLK = 208,
};

/* The value of `size` bytes at `offset`; 0 when the table does not reach that far. */
static uint64_t value_at(const struct acpi_table *table, size_t offset, size_t size)
{
    struct bytes b = table->body;
    uint64_t value = 0;
    if (!bytes_take(&b, offset - HEADER_LEN) || !bytes_read_le(&b, size, &value))
        return 0;
    return value;
}

static struct acpi_gas gas_at(const struct acpi_table *table, size_t offset)
{
    struct bytes b = table->body;
    struct acpi_gas gas = {0};
    if (bytes_take(&b, offset - HEADER_LEN) && !acpi_gas_read(&b, &gas))
        return (struct acpi_gas){0};
    return gas;
}

static uint64_t prefer(uint64_t extended, uint64_t legacy)
{
    return extended != 0 ? extended : legacy;
}

/* A register block: the extended description where there is one, otherwise the port of
 * the 32-bit field, whose length in bytes stands in a field of its own. */
static struct acpi_gas block_at(const struct acpi_table *table, size_t extended,
                                size_t legacy, size_t len)
{
    struct acpi_gas gas = gas_at(table, extended);
    if (gas.address != 0) return gas;
    uint64_t port = value_at(table, legacy, 4);
    uint64_t width_bits = value_at(table, len, 1) * 8;
    if (port == 0) return (struct acpi_gas){0};
    return (struct acpi_gas){.space = ACPI_SPACE_IO,
                             .width_bits = (uint8_t)(width_bits > 255 ? 255 : width_bits),
                             .address = port};
}

static void read_blocks(const struct acpi_table *table, struct acpi_fadt *fadt)
{
    fadt->pm1a_event = block_at(table, X_PM1A_EVT_BLK, PM1A_EVT_BLK, PM1_EVT_LEN);
    fadt->pm1b_event = block_at(table, X_PM1B_EVT_BLK, PM1B_EVT_BLK, PM1_EVT_LEN);
    fadt->pm1a_control = block_at(table, X_PM1A_CNT_BLK, PM1A_CNT_BLK, PM1_CNT_LEN);
    fadt->pm1b_control = block_at(table, X_PM1B_CNT_BLK, PM1B_CNT_BLK, PM1_CNT_LEN);

    /* A timer block has to be 4 bytes long; 0 says that there is none. */
    struct acpi_gas timer = block_at(table, X_PM_TMR_BLK, PM_TMR_BLK, PM_TMR_LEN);
    if (timer.address == 0 || value_at(table, PM_TMR_LEN, 1) != 4) return;
    fadt->pm_timer = timer;
    fadt->pm_timer_width_bits = fadt->flags & FLAG_TMR_VAL_EXT ? 32 : 24;
}

static void read_reset(const struct acpi_table *table, struct acpi_fadt *fadt)
{
    struct acpi_gas reg = gas_at(table, RESET_REG);
    if (!(fadt->flags & FLAG_RESET_REG_SUP) || reg.address == 0 ||
        table->len_bytes <= RESET_VALUE)
        return;
    fadt->has_reset = true;
    fadt->reset_reg = reg;
    fadt->reset_value = (uint8_t)value_at(table, RESET_VALUE, 1);
}

static void read_boot_arch(const struct acpi_table *table, struct acpi_fadt *fadt)
{
    uint32_t boot = (uint32_t)value_at(table, IAPC_BOOT_ARCH, 2);
    fadt->has_boot_arch = table->revision >= 2;
    if (!fadt->has_boot_arch) boot = BOOT_LEGACY_DEVICES | BOOT_8042;
    fadt->has_legacy_devices = boot & BOOT_LEGACY_DEVICES;
    fadt->has_8042 = boot & BOOT_8042;
    fadt->no_vga = boot & BOOT_NO_VGA;
    fadt->no_msi = boot & BOOT_NO_MSI;
    fadt->no_aspm = boot & BOOT_NO_ASPM;
    fadt->no_cmos_rtc = boot & BOOT_NO_CMOS_RTC;
}

enum err acpi_fadt_parse(const struct acpi_table *table, struct acpi_fadt *fadt)
{
    *fadt = (struct acpi_fadt){0};
    if (!acpi_is(table->signature, "FACP"))
        fadt->fault = ACPI_FAULT_SIGNATURE;
    else if (table->body.left < LEN_REVISION_1 - HEADER_LEN)
        fadt->fault = ACPI_FAULT_TOO_SHORT;
    if (fadt->fault != ACPI_FAULT_NONE) return acpi_fault_err(fadt->fault);

    fadt->revision = table->revision;
    fadt->preferred_profile = (uint8_t)value_at(table, PREFERRED_PM_PROFILE, 1);
    fadt->dsdt_pa = prefer(value_at(table, X_DSDT, 8), value_at(table, DSDT, 4));
    fadt->facs_pa =
        prefer(value_at(table, X_FIRMWARE_CTRL, 8), value_at(table, FIRMWARE_CTRL, 4));
    fadt->flags = (uint32_t)value_at(table, FLAGS, 4);
    fadt->hardware_reduced = fadt->flags & FLAG_HW_REDUCED;
    fadt->cmos_century = (uint8_t)value_at(table, CENTURY, 1);
    read_boot_arch(table, fadt);
    read_reset(table, fadt);

    /* With the flag set the fields of fixed hardware are to be ignored (5.2.9). */
    if (fadt->hardware_reduced) return OK;
    fadt->sci_int = (uint16_t)value_at(table, SCI_INT, 2);
    fadt->smi_cmd = (uint32_t)value_at(table, SMI_CMD, 4);
    fadt->acpi_enable = (uint8_t)value_at(table, ACPI_ENABLE, 1);
    fadt->acpi_disable = (uint8_t)value_at(table, ACPI_DISABLE, 1);
    read_blocks(table, fadt);
    return OK;
}
