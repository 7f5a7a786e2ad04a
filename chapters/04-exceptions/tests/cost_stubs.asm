; SPDX-License-Identifier: MIT
; What costs are compared with: the least that a gate can lead to, for exceptions raised by
; the routines of tests/raise.asm; and what measuring itself costs.

section .text
bits 64
default rel

; int3: rip is behind it already.
global cost_stub_breakpoint
cost_stub_breakpoint:
    iretq

; ud2 is 2 bytes, and rip is still at it.
global cost_stub_invalid_opcode
cost_stub_invalid_opcode:
    add  qword [rsp], 2
    iretq

; `mov al, [abs qword ...]` is 9 bytes; above rip lies an error code, which iretq does not
; take off.
global cost_stub_page_fault
cost_stub_page_fault:
    add  rsp, 8
    add  qword [rsp], 9
    iretq

; A routine as in tests/raise.asm around no instruction, and around a known number of them.
%macro nops 2
global %1
%1:
    push rbp
    mov  rbp, rsp
    times %2 nop
    pop  rbp
    ret
%endmacro

nops cost_nothing, 0
nops cost_thousand_nops, 1000

section .note.GNU-stack noalloc noexec nowrite progbits
