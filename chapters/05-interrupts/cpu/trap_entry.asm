; SPDX-License-Identifier: MIT
; Where the processor arrives on an exception or interrupt: one stub a vector, one common end.
;
; The processor has pushed ss, rsp, rflags, cs, rip, and for some vectors an error code
; (SDM 3A 6.13).  Each stub evens that out: a 0 where there is no error code, then its vector.
; trap_common pushes the general registers; together they are a struct trap_frame.

extern trap_dispatch

section .text
bits 64
default rel

; snippet: stubs
; Vectors for which the processor pushes an error code, SDM 3A 6.3.1 and AMD APM 2 8.2.
%define HAS_ERROR_CODE(v) \
    ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)

%assign vector 0
%rep 256
trap_stub_ %+ vector:
    %if !HAS_ERROR_CODE(vector)
    push 0
    %endif
    push vector
    jmp  trap_common
    %assign vector vector + 1
%endrep
; end: stubs

; snippet: common
; Interrupts are off: every gate is an interrupt gate.
trap_common:
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    cld                                     ; C expects the direction flag clear
    mov  rdi, rsp                           ; void trap_dispatch(struct trap_frame *)
    mov  rbx, rsp                           ; C keeps rbx; rbp stays, so that backtraces go on
    and  rsp, -16                           ; the stack C expects
    call trap_dispatch
    mov  rsp, rbx
    pop  r15
    pop  r14
    pop  r13
    pop  r12
    pop  r11
    pop  r10
    pop  r9
    pop  r8
    pop  rbp
    pop  rdi
    pop  rsi
    pop  rdx
    pop  rcx
    pop  rbx
    pop  rax
    add  rsp, 16                            ; vector and error code
    iretq
; end: common

section .rodata
; const uint64_t trap_stubs[256]: the address of each vector's stub.
global trap_stubs
align 8
trap_stubs:
%assign vector 0
%rep 256
    dq trap_stub_ %+ vector
    %assign vector vector + 1
%endrep

section .note.GNU-stack noalloc noexec nowrite progbits
