// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// AAPCS64: a callee keeps x19 to x30, sp and the low halves of v8 to v15.
// A suspended stack, from sp up: x19..x28 x29 x30 d8..d15 (20 words).

#if defined(__aarch64__)

        .text
        .globl  RtSwitchContext
        .type   RtSwitchContext, %function
        .balign 16
RtSwitchContext:
        .cfi_startproc
        sub     sp, sp, #160
        .cfi_adjust_cfa_offset 160
        stp     x19, x20, [sp, #0]
        stp     x21, x22, [sp, #16]
        stp     x23, x24, [sp, #32]
        stp     x25, x26, [sp, #48]
        stp     x27, x28, [sp, #64]
        stp     x29, x30, [sp, #80]
        .cfi_rel_offset x29, 80
        .cfi_rel_offset x30, 88
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        mov     x9, sp
        str     x9, [x0]
.Lresume:
        ldr     x9, [x1]
        mov     sp, x9
        ldp     x19, x20, [sp, #0]
        ldp     x21, x22, [sp, #16]
        ldp     x23, x24, [sp, #32]
        ldp     x25, x26, [sp, #48]
        ldp     x27, x28, [sp, #64]
        ldp     x29, x30, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        add     sp, sp, #160
        .cfi_adjust_cfa_offset -160
        cbz     w2, 1f
        ret     x30
1:      mov     x16, x30  // Where a branch to a landing pad is allowed.
        br      x16
        .cfi_endproc
        .size   RtSwitchContext, .-RtSwitchContext

// Reached from above with x19 = entry, x20 = its argument. The return address is
// declared undefined, so every unwinder stops here.
        .globl  RtContextStart
        .type   RtContextStart, %function
        .balign 16
RtContextStart:
        .cfi_startproc
        .cfi_undefined x30
        mov     x0, x20
        blr     x19
        mov     x1, x0
        mov     w2, #1
        b       .Lresume
        .cfi_endproc
        .size   RtContextStart, .-RtContextStart

#endif

        .section .note.GNU-stack, "", %progbits
