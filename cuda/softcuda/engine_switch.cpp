#include "softcuda/engine_switch.h"

#include <stdint.h>

asm(R"(
    .text
    .globl softcuda_switch
    .hidden softcuda_switch
    .type softcuda_switch, @function
    .p2align 5
softcuda_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    .globl softcuda_resume
    .hidden softcuda_resume
    .type softcuda_resume, @function
softcuda_resume:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size softcuda_switch, .-softcuda_switch
)");

namespace softcuda {

void* beginStack(char* top, void (*entry)()) {
    auto* word = reinterpret_cast<uint64_t*>(reinterpret_cast<uintptr_t>(top) & ~uintptr_t{63});
    *--word = 0;  // the entry's return address: none, and the stack aligned as after a call
    *--word = reinterpret_cast<uint64_t>(entry);
    for (int i = 0; i < 6; ++i) *--word = 0;
    return word;
}

}  // namespace softcuda
