/* SPDX-License-Identifier: MIT */
/*
 * I/O ports that know their width and direction.
 *
 *     static const port8_wo post_code = PORT8_WO(0x80);
 *     port_write(post_code, 0x42);
 *     port_read(post_code);          does not compile
 *
 * Source   SDM 1, chapter "Input/Output".
 * Why      Reading a register that can only be written gives whatever floats on the bus,
 *          and a byte written where the device wants a word may be dropped.
 * C        port_read and port_write choose by type (_Generic): a port of the wrong
 *          direction, or a plain number, is a compile-time error in both compilers.  A
 *          value too wide for the port is only a warning (-Wconversion).
 * Host     Include path tests/fake in front: the accesses go to the test.
 * Calls    Ring 0, or ring 3 where the TSS's bitmap allows it.
 */
#ifndef X86_64_PORT_H
#define X86_64_PORT_H

#include <stdint.h>

#include "x86_64/insn.h"

/* The members are private. */
typedef struct port8 { uint16_t port_; } port8;
typedef struct port8_ro { uint16_t port_; } port8_ro;
typedef struct port8_wo { uint16_t port_; } port8_wo;
typedef struct port16 { uint16_t port_; } port16;
typedef struct port16_ro { uint16_t port_; } port16_ro;
typedef struct port16_wo { uint16_t port_; } port16_wo;
typedef struct port32 { uint16_t port_; } port32;
typedef struct port32_ro { uint16_t port_; } port32_ro;
typedef struct port32_wo { uint16_t port_; } port32_wo;

#define PORT8(number)     ((port8){number})
#define PORT8_RO(number)  ((port8_ro){number})
#define PORT8_WO(number)  ((port8_wo){number})
#define PORT16(number)    ((port16){number})
#define PORT16_RO(number) ((port16_ro){number})
#define PORT16_WO(number) ((port16_wo){number})
#define PORT32(number)    ((port32){number})
#define PORT32_RO(number) ((port32_ro){number})
#define PORT32_WO(number) ((port32_wo){number})

static inline uint8_t port8_read_(port8 p) { return insn_in8(p.port_); }
static inline uint8_t port8_ro_read_(port8_ro p) { return insn_in8(p.port_); }
static inline uint16_t port16_read_(port16 p) { return insn_in16(p.port_); }
static inline uint16_t port16_ro_read_(port16_ro p) { return insn_in16(p.port_); }
static inline uint32_t port32_read_(port32 p) { return insn_in32(p.port_); }
static inline uint32_t port32_ro_read_(port32_ro p) { return insn_in32(p.port_); }

static inline void port8_write_(port8 p, uint8_t v) { insn_out8(p.port_, v); }
static inline void port8_wo_write_(port8_wo p, uint8_t v) { insn_out8(p.port_, v); }
static inline void port16_write_(port16 p, uint16_t v) { insn_out16(p.port_, v); }
static inline void port16_wo_write_(port16_wo p, uint16_t v) { insn_out16(p.port_, v); }
static inline void port32_write_(port32 p, uint32_t v) { insn_out32(p.port_, v); }
static inline void port32_wo_write_(port32_wo p, uint32_t v) { insn_out32(p.port_, v); }

/* The value at the port, in the port's width. */
#define port_read(port)                                                                  \
    _Generic((port),                                                                     \
        port8: port8_read_, port8_ro: port8_ro_read_,                                    \
        port16: port16_read_, port16_ro: port16_ro_read_,                                \
        port32: port32_read_, port32_ro: port32_ro_read_)(port)

/* The value goes to the port in one access of the port's width. */
#define port_write(port, value)                                                          \
    _Generic((port),                                                                     \
        port8: port8_write_, port8_wo: port8_wo_write_,                                  \
        port16: port16_write_, port16_wo: port16_wo_write_,                              \
        port32: port32_write_, port32_wo: port32_wo_write_)(port, value)

#endif
