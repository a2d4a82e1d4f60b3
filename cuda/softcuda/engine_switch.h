// Switching the machine's stack.
#pragma once

extern "C" {
// Saves the callee-saved registers and the stack pointer in *save and goes on where `target` was saved. It returns by
// `ret`: lanes of a warp wait at the same place with the same callers, so the processor's return stack predicts well.
void softcuda_switch(void** save, void* target);
// Where a saved stack goes on; a signal handler jumps here.
void softcuda_resume();
}

namespace softcuda {

// A stack that, switched to, begins with entry(), which must not return.
void* beginStack(char* top, void (*entry)());

}  // namespace softcuda
