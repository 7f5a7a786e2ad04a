/* SPDX-License-Identifier: MIT */
#include "devices/hpet.h"

#include <stddef.h>

#include "base/bits.h"
#include "base/mmio.h"
#include "console/log.h"
#include "x86_64/tsc.h"

#define MAPPED_END         (UINT64_C(4) << 30) /* boot/start.asm maps the first 4 GiB */
#define PERIOD_FS_MAX      UINT32_C(100000000) /* HPET 1.0a 2.3.4: no slower than 10 MHz */
#define FS_PER_SECOND      UINT64_C(1000000000000000)
#define PATIENCE_TSC_TICKS (UINT64_C(1) << 28) /* at least 50 ms up to 5 GHz */

/* 64-bit registers, of which each half can be read by itself. */
struct hpet_cells {
    reg32 capabilities;
    reg32 period_fs; /* RO one count in femtoseconds */
    uint32_t reserved0[2];
    reg32 configuration;
    uint32_t reserved1[55];
    reg32 counter;
};
_Static_assert(offsetof(struct hpet_cells, configuration) == 0x10, "HPET 1.0a 2.3.5");
_Static_assert(offsetof(struct hpet_cells, counter) == 0xf0, "HPET 1.0a 2.3.7");

#define CONFIGURATION_ENABLE BIT32(0) /* RW it counts */
#define CONFIGURATION_LEGACY BIT32(1) /* RW it takes the PIT's interrupt over */

static struct hpet_cells *hpet;
static uint64_t hz;

static enum err start(const struct acpi_hpet *table)
{
    if (table->base.address > MAPPED_END - sizeof *hpet) return ERR_RANGE;
    struct hpet_cells *found = (struct hpet_cells *)table->base.address;
    uint32_t period_fs = reg_read32(&found->period_fs);
    if (period_fs == 0 || period_fs > PERIOD_FS_MAX) return ERR_DEVICE;

    uint32_t configuration = reg_read32(&found->configuration) & ~CONFIGURATION_LEGACY;
    reg_write32(&found->configuration, configuration | CONFIGURATION_ENABLE);
    uint32_t before = reg_read32(&found->counter);
    uint64_t from = tsc_read();
    while (reg_read32(&found->counter) == before)
        if (tsc_read() - from > PATIENCE_TSC_TICKS) return ERR_DEVICE;
    hpet = found;
    hz = FS_PER_SECOND / period_fs;
    return OK;
}

void hpet_init(const struct acpi_hpet *table)
{
    enum err e = table ? start(table) : OK;
    if (e != OK) log_warning("hpet: at %#lx: %s", table->base.address, err_name(e));
}

uint64_t hpet_hz(void)
{
    return hz;
}

uint64_t hpet_count(void)
{
    return reg_read32(&hpet->counter);
}
