; SPDX-License-Identifier: MIT
section .text
bits 64
default rel

; snippet: probe
; bool probe_read(uint64_t address, uint8_t *byte);
; Clobbers rax only.  A page fault at probe_read_access is expected: its handler continues
; at probe_read_failed, where the registers are as they were at the access.  The frame is for
; backtraces.
global probe_read, probe_read_access, probe_read_failed
probe_read:
    push rbp
    mov  rbp, rsp
probe_read_access:
    mov  al, [rdi]
    mov  [rsi], al
    mov  eax, 1
    pop  rbp
    ret
probe_read_failed:
    xor  eax, eax
    pop  rbp
    ret
; end: probe

section .note.GNU-stack noalloc noexec nowrite progbits
