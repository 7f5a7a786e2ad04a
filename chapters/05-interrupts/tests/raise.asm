; SPDX-License-Identifier: MIT
; One routine for each exception.  NAME_at is the instruction that raises it, NAME_next the
; one after it: a fault reports the first, a trap the second, and a test that handles the
; exception goes on at the second.  C sees them as functions without arguments.

section .text
bits 64
default rel

; snippet: raise
; raise NAME, INSTRUCTION: the routine around one instruction.
%macro raise 2+
global raise_%1, raise_%1_at, raise_%1_next
raise_%1:
    push rbp
    mov  rbp, rsp
raise_%1_at:
    %2
raise_%1_next:
    pop  rbp
    ret
%endmacro

raise divide_error,     div qword [zero]    ; rdx:rax / 0
raise breakpoint,       int3
raise overflow,         int 4               ; `into` is not a 64-bit instruction
raise invalid_opcode,   ud2
; end: raise
raise no_device,        fnop                ; with CR0.TS set
raise not_canonical,    mov al, [abs qword 0x0000800000000000]
raise missing_selector, mov ds, word [selector_past_gdt]
raise missing_read,     mov al, [abs qword 0x140000000]
raise missing_write,    mov [abs qword 0x140000000], al
raise nmi,              int 2
raise machine_check,    int 18
raise interrupt_32,     int 32
raise interrupt_128,    int 128
raise interrupt_255,    int 255

; snippet: double_fault
; A push with rsp just above the guard page: the page fault has no room for its own frame.
; The handler puts rsp back.
global raise_double_fault, raise_double_fault_at, raise_double_fault_next
global raise_double_fault_rsp
extern boot_stack
raise_double_fault:
    push rbp
    mov  rbp, rsp
    mov  [raise_double_fault_rsp], rsp
    lea  rsp, [boot_stack]
raise_double_fault_at:
    push rax
raise_double_fault_next:
    pop  rbp
    ret
; end: double_fault

section .rodata
align 8
zero:                   dq 0
selector_past_gdt:      dw 0x1230

section .bss
alignb 8
raise_double_fault_rsp: resq 1

section .note.GNU-stack noalloc noexec nowrite progbits
