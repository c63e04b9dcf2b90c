// Included before every file of the verilated model, whose text output goes through VL_PRINTF.
#pragma once

#define VL_PRINTF harness_print
int harness_print(const char *format, ...);
