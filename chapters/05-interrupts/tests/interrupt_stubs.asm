; SPDX-License-Identifier: MIT
; The least that an interrupt's gate can lead to: end it at the local APIC and go back.

section .text
bits 64
default rel

X2APIC_EOI equ 0x80b

; The EOI register in memory; the address is put into interrupt_stub_eoi.
global interrupt_stub_xapic
interrupt_stub_xapic:
    push rax
    mov  rax, [interrupt_stub_eoi]
    mov  dword [rax], 0
    pop  rax
    iretq

; The EOI register as an MSR.
global interrupt_stub_x2apic
interrupt_stub_x2apic:
    push rax
    push rcx
    push rdx
    mov  ecx, X2APIC_EOI
    xor  eax, eax
    xor  edx, edx
    wrmsr
    pop  rdx
    pop  rcx
    pop  rax
    iretq

; void interrupt_window(void);
; Called with interrupts off: lets in what is pending, behind the nop, because sti takes
; effect one instruction later.
global interrupt_window
interrupt_window:
    push rbp
    mov  rbp, rsp
    sti
    nop
    cli
    pop  rbp
    ret

section .bss
global interrupt_stub_eoi
alignb 8
interrupt_stub_eoi: resq 1

section .note.GNU-stack noalloc noexec nowrite progbits
