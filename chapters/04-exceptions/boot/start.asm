; SPDX-License-Identifier: MIT
; From the loader's 32-bit protected mode to 64-bit C.
;
; What the loader promises (Multiboot2 2.0 3.3): eax = its magic, ebx = address of the boot
; information, protected mode with flat segments, paging off, interrupts off.  Nothing is
; promised about the stack, the GDT, or the upper halves of anything.

MULTIBOOT2_BOOTLOADER_MAGIC equ 0x36d76289

EFLAGS_ID          equ 1 << 21              ; can be flipped exactly when CPUID exists
CPUID_EXT_MAX      equ 0x80000000           ; highest extended leaf
CPUID_EXT_FEATURES equ 0x80000001
CPUID_EDX_LM       equ 1 << 29              ; long mode

CR0_PG             equ 1 << 31
CR4_PAE            equ 1 << 5
MSR_EFER           equ 0xc0000080
EFER_LME           equ 1 << 8

PAGE_PRESENT       equ 1 << 0
PAGE_WRITE         equ 1 << 1
PAGE_HUGE          equ 1 << 7               ; in a page directory: this entry maps 2 MiB

extern kmain, cpu_halt_forever
global page_tables_level2, boot_stack_guard, boot_stack, boot_stack_top

section .text
bits 32

; snippet: start
global _start
_start:
    cld
    mov  esp, boot_stack_top
    mov  ebp, ebx                           ; CPUID overwrites ebx: keep the boot information
    call check_loader_magic
    call check_cpuid
    call check_long_mode
    call map_first_4_gib
    call enable_paging
    lgdt [gdt_pointer]
    jmp  GDT_CODE64:long_mode_start         ; a far jump loads cs: from here on 64-bit
; end: start

; Each check returns, or leaves through boot_error with its message in esi.

; snippet: check_magic
check_loader_magic:
    mov  esi, message_not_multiboot2
    cmp  eax, MULTIBOOT2_BOOTLOADER_MAGIC
    jne  boot_error
    ret
; end: check_magic

; snippet: check_cpuid
check_cpuid:
    mov  esi, message_no_cpuid
    pushfd
    pop  eax
    mov  ecx, eax
    xor  eax, EFLAGS_ID
    push eax
    popfd
    pushfd
    pop  eax
    push ecx
    popfd                                   ; EFLAGS as they were
    xor  eax, ecx                           ; what has changed
    test eax, EFLAGS_ID
    jz   boot_error
    ret
; end: check_cpuid

; snippet: check_long_mode
check_long_mode:
    mov  esi, message_no_long_mode
    mov  eax, CPUID_EXT_MAX
    cpuid
    cmp  eax, CPUID_EXT_FEATURES
    jb   boot_error                         ; too old to even be asked
    mov  eax, CPUID_EXT_FEATURES
    cpuid
    test edx, CPUID_EDX_LM
    jz   boot_error
    ret
; end: check_long_mode

; snippet: map
; Maps the first 4 GiB to themselves: one level-4 entry, four level-3 entries, 4 * 512
; level-2 entries of 2 MiB.  SDM 3A 4.5.  The tables lie in .bss, which the loader cleared.
map_first_4_gib:
    mov  dword [page_table_level4], page_table_level3 + PAGE_PRESENT + PAGE_WRITE

    mov  eax, page_tables_level2 + PAGE_PRESENT + PAGE_WRITE
    mov  edi, page_table_level3
    mov  ecx, 4
.next_level3:
    mov  [edi], eax
    add  eax, 4096                          ; the next level-2 table
    add  edi, 8
    loop .next_level3

    mov  eax, PAGE_PRESENT + PAGE_WRITE + PAGE_HUGE
    mov  edi, page_tables_level2
    mov  ecx, 4 * 512
.next_level2:
    mov  [edi], eax
    add  eax, 2 << 20                       ; the next 2 MiB; wraps to 0 after the last
    add  edi, 8
    loop .next_level2
    ret
; end: map

; snippet: paging
; Switches paging on, and with it long mode, in the order of SDM 3A 9.8.5.  We are still
; in 32-bit code afterwards: that is a property of the code segment, which _start changes.
enable_paging:
    mov  eax, cr4
    or   eax, CR4_PAE
    mov  cr4, eax
    mov  eax, page_table_level4
    mov  cr3, eax
    mov  ecx, MSR_EFER
    rdmsr
    or   eax, EFER_LME
    wrmsr
    mov  eax, cr0
    or   eax, CR0_PG
    mov  cr0, eax
    ret
; end: paging

; snippet: error
; Shows the message in esi at the top of the VGA text screen, white on red, and stops.
; There is no other way to say anything yet; on a machine without VGA text it stays unseen.
VGA_TEXT       equ 0xb8000
WHITE_ON_RED   equ 0x4f

boot_error:
    mov  edi, VGA_TEXT
    mov  ah, WHITE_ON_RED
.next:
    lodsb
    test al, al
    jz   .stop
    stosw
    jmp  .next
.stop:
    cli
    hlt
    jmp  .stop
; end: error

bits 64
default rel

; snippet: long_mode
long_mode_start:
    mov  eax, GDT_DATA
    mov  ds, eax
    mov  es, eax
    mov  ss, eax
    xor  eax, eax
    mov  fs, eax
    mov  gs, eax
    mov  rsp, boot_stack_top
    mov  edi, ebp                           ; first argument: the boot information
    xor  ebp, ebp                           ; the outermost stack frame
    call kmain
    call cpu_halt_forever                   ; only if kmain returns
; end: long_mode

section .rodata
message_not_multiboot2:
    db "Saessak: not started by a Multiboot2 loader. Boot the ISO, or write 'multiboot2'"
    db "in grub.cfg", 0                       ; the 81st character begins the second row
message_no_cpuid:
    db "Saessak: this processor has no CPUID. A 64-bit x86 processor is needed.", 0
message_no_long_mode:
    db "Saessak: this processor has no 64-bit mode. In an emulator choose a 64-bit CPU.", 0

; snippet: gdt
; In 64-bit mode base and limit of code and data segments are ignored: what is left of a
; descriptor is a handful of bits.  SDM 3A 3.4.5.
DESCRIPTOR_RW      equ 1 << 41              ; data: writable
DESCRIPTOR_CODE    equ 1 << 43
DESCRIPTOR_SEGMENT equ 1 << 44              ; code or data, not a system descriptor
DESCRIPTOR_PRESENT equ 1 << 47
DESCRIPTOR_LONG    equ 1 << 53              ; code: 64-bit

align 8
gdt:
    dq 0                                    ; the null descriptor
GDT_CODE64 equ $ - gdt
    dq DESCRIPTOR_CODE | DESCRIPTOR_SEGMENT | DESCRIPTOR_PRESENT | DESCRIPTOR_LONG
GDT_DATA   equ $ - gdt
    dq DESCRIPTOR_RW | DESCRIPTOR_SEGMENT | DESCRIPTOR_PRESENT
gdt_pointer:
    dw $ - gdt - 1                          ; limit: the last valid byte
    dq gdt                                  ; base; 32-bit code reads only the lower half
; end: gdt

; snippet: stacks
section .bss
alignb 4096
page_table_level4:  resb 4096
page_table_level3:  resb 4096
page_tables_level2: resb 4 * 4096
boot_stack_guard:   resb 4096               ; nothing may ever be stored here
boot_stack:         resb 16384
boot_stack_top:
; end: stacks

section .note.GNU-stack noalloc noexec nowrite progbits
