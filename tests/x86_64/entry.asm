; SPDX-License-Identifier: MIT
; The way from QEMU's -kernel (PVH: 32-bit protected mode, no paging) to 64-bit C, and a trap
; entry for every vector.  For the ring 0 tests only: the chapters have their own, explained.
bits 32
default rel

extern test_main, trap

section .note.pvh note alloc align=4
    dd 4, 4, 18                 ; XEN_ELFNOTE_PHYS32_ENTRY
    db "Xen", 0
    dd start

section .text
global start
start:
    mov esp, stack_top
    ; One table maps the first GiB with 2 MiB pages, at 0.
    mov eax, pml4
    mov dword [eax], pdpt + 3
    mov eax, pdpt
    mov dword [eax], pd + 3
    xor ecx, ecx
.map:
    mov eax, ecx
    shl eax, 21
    or eax, 0x83                ; present, writable, 2 MiB
    mov [pd + ecx * 8], eax
    inc ecx
    cmp ecx, 512
    jne .map
    mov eax, cr4
    or eax, 1 << 5 | 1 << 9     ; PAE, OSFXSR
    mov cr4, eax
    mov eax, pml4
    mov cr3, eax
    mov ecx, 0xc0000080         ; EFER
    rdmsr
    or eax, 1 << 8              ; LME
    wrmsr
    mov eax, cr0
    or eax, 1 << 31 | 1 << 16   ; PG, WP
    and eax, ~(1 << 2)          ; not EM
    mov cr0, eax
    lgdt [first_gdt.pointer]
    jmp 0x08:long_mode

bits 64
long_mode:
    xor eax, eax
    mov ds, eax
    mov es, eax
    mov ss, eax
    mov rsp, stack_top
    call test_main
.halt:
    cli
    hlt
    jmp .halt

; One stub a vector: error code or 0, vector, then the common entry.  struct trap_frame.
%macro stub 1
stub_%1:
    %if %1 = 8 || (%1 >= 10 && %1 <= 14) || %1 = 17 || %1 = 21 || %1 = 29 || %1 = 30
    %else
    push 0
    %endif
    push %1
    jmp save_and_call
%endmacro
%assign v 0
%rep 256
    stub v
    %assign v v + 1
%endrep

%macro push_all 0-*
    %rep %0
    push %1
    %rotate 1
    %endrep
%endmacro
%macro pop_all 0-*
    %rep %0
    %rotate -1
    pop %1
    %endrep
%endmacro

save_and_call:
    push_all rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov rdi, rsp
    mov rbp, rsp
    and rsp, -16
    cld
    call trap
    mov rsp, rbp
    pop_all rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    add rsp, 16
    iretq

section .data
align 8
first_gdt:
    dq 0, 0x00af9b000000ffff
.pointer:
    dw 15
    dd first_gdt

global stubs
stubs:
%assign v 0
%rep 256
    dq stub_%[v]
    %assign v v + 1
%endrep

section .bss
align 4096
pml4: resb 4096
pdpt: resb 4096
pd:   resb 4096
    resb 16384
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
