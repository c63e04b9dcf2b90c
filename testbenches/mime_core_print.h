// Included before every file of the verilated model, whose text output goes through VL_PRINTF.
#pragma once

#define VL_PRINTF mime_core_print
int mime_core_print(const char *format, ...);
