// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// System V x86-64: a callee keeps rbx, rbp, r12 to r15 and rsp.
// A suspended stack, from sp up: r15 r14 r13 r12 rbx rbp return-address.

#if defined(__x86_64__)

        .text
        .globl  RtSwitchContext
        .type   RtSwitchContext, @function
        .balign 16
RtSwitchContext:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r15, 0
        movq    %rsp, (%rdi)
.Lresume:
        movq    (%rsi), %rsp
        testl   %edx, %edx
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbp
        je      1f
        ret
1:      popq    %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register %rip, %rcx
        notrack jmpq *%rcx
        .cfi_endproc
        .size   RtSwitchContext, .-RtSwitchContext

// Reached from above with rbx = entry, r12 = its argument. The return address is
// declared undefined, so every unwinder stops here. Whoever called the switch to
// here has most likely been suspended in the call that entry() returns.
        .globl  RtContextStart
        .type   RtContextStart, @function
        .balign 16
RtContextStart:
        .cfi_startproc
        .cfi_undefined %rip
        endbr64
        movq    %r12, %rdi
        callq   *%rbx
        movq    %rax, %rsi
        movl    $1, %edx
        jmp     .Lresume
        .cfi_endproc
        .size   RtContextStart, .-RtContextStart

#endif

        .section .note.GNU-stack, "", @progbits
