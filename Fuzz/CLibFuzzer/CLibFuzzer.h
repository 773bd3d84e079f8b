#pragma once
#include <stddef.h>
#include <stdint.h>

/// Fuzzes as the arguments say, and returns the program's exit status.
int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));

/// libFuzzer's own mutation of `size` bytes, in place, to at most `max_size`; returns the new size.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
