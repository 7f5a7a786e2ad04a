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

; A breakpoint with a value of its own in every general register, numbered in the order of
; struct trap_frame, and all of them stored afterwards.
PATTERN equ 0x0101010101010101
%macro for_every_register 1
    %1   r15, 1
    %1   r14, 2
    %1   r13, 3
    %1   r12, 4
    %1   r11, 5
    %1   r10, 6
    %1   r9, 7
    %1   r8, 8
    %1   rbp, 9
    %1   rdi, 10
    %1   rsi, 11
    %1   rdx, 12
    %1   rcx, 13
    %1   rbx, 14
    %1   rax, 15
%endmacro
%macro load 2
    mov  %1, PATTERN * %2
%endmacro
%macro store 2
    mov  [raise_registers_after + 8 * (%2 - 1)], %1
%endmacro

global raise_registers, raise_registers_next, raise_registers_after
raise_registers:
    push rbp
    push rbx
    push r12
    push r13
    push r14
    push r15
    for_every_register load
    int3
raise_registers_next:
    for_every_register store
    pop  r15
    pop  r14
    pop  r13
    pop  r12
    pop  rbx
    pop  rbp
    ret

section .rodata
align 8
zero:                   dq 0
selector_past_gdt:      dw 0x1230

section .bss
alignb 8
raise_double_fault_rsp: resq 1
raise_registers_after:  resq 15

section .note.GNU-stack noalloc noexec nowrite progbits
