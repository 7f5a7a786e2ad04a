; SPDX-License-Identifier: MIT
; The Multiboot2 header: how a loader recognises this file as a kernel it can start.
; It must lie, 8-byte aligned, in the first 32768 bytes of the file (Multiboot2 2.0 3.1);
; kernel.ld puts this section first.

MULTIBOOT2_HEADER_MAGIC      equ 0xe85250d6
MULTIBOOT2_ARCHITECTURE_I386 equ 0          ; enter in 32-bit protected mode
MULTIBOOT2_HEADER_TAG_END    equ 0

; snippet: header
section .multiboot2 progbits alloc noexec nowrite align=8
header_start:
    dd MULTIBOOT2_HEADER_MAGIC
    dd MULTIBOOT2_ARCHITECTURE_I386
    dd HEADER_LENGTH
    dd -(MULTIBOOT2_HEADER_MAGIC + MULTIBOOT2_ARCHITECTURE_I386 + HEADER_LENGTH) & 0xffffffff
                                            ; checksum: the four add up to 0 modulo 2^32

    dw MULTIBOOT2_HEADER_TAG_END            ; no requests, so the list is only its end
    dw 0                                    ; flags
    dd 8                                    ; size of this tag in bytes
header_end:
HEADER_LENGTH equ header_end - header_start
; end: header

section .note.GNU-stack noalloc noexec nowrite progbits
