// Included before every file of a library, whose text output goes through VL_PRINTF.
#pragma once

#define VL_PRINTF verilated_bench_print
int verilated_bench_print(const char *format, ...);
