# SPDX-License-Identifier: MIT
# What `make debug` tells gdb before it attaches to QEMU.
set disassembly-flavor intel
set pagination off
# A kernel is not a process: leaving must not ask whether to kill it.
set confirm off
# Show the source around every stop.
set print frame-info source-and-location

# The kernel's first frame has no caller, which gdb cannot see: it would go on through
# whatever lies above the stack.
set backtrace limit 24

define screen
    # One line per row: the character of every second byte.
    set $row = 0
    while $row < 25
        set $column = 0
        while $column < 80
            printf "%c", *(char *)(0xb8000 + 2 * (80 * $row + $column))
            set $column = $column + 1
        end
        printf "\n"
        set $row = $row + 1
    end
end
document screen
Prints the VGA text screen (BIOS only).
end
