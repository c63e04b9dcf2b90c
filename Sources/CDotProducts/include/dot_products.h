// The inner loops of the golden model's batches: sums of products modulo 2^32, and what follows them.
//
// A row is an output position: `rows[r] + taps[t]` is where in `base` its run of `run` activations for
// tap t begins. Sums lie as [row][channels], and `channels` is a multiple of 16.
#ifndef MIMEGEN_DOT_PRODUCTS_H
#define MIMEGEN_DOT_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Ways of computing the same: vectors of every machine, and instructions of x86-64 that a machine may have.
enum {
  MIME_PORTABLE = 0,
  MIME_AVX2 = 1,
  MIME_AVX512_VNNI = 2,
};

// Whether this machine has them.
bool mime_has_instructions(int instructions);

// What the rows of a layer read.
typedef struct {
  const ptrdiff_t *taps;
  size_t tap_count;
  // A multiple of 4.
  size_t run;
  size_t channels;
  // Where each channel's sum starts.
  const int32_t *start;
} mime_reduction;

// Channels in groups of up to 64; in each, for every 4 (bytes) or 2 (words) steps of the reduction, its
// channels' weights of these steps side by side. With bytes AVX-512 VNNI is needed.
void mime_sums_bytes(
  const mime_reduction *reduction, const uint8_t *base, const ptrdiff_t *rows, size_t row_count,
  const int8_t *weights, int32_t *sums);
void mime_sums_words(
  int instructions, const mime_reduction *reduction, const int16_t *base, const ptrdiff_t *rows,
  size_t row_count, const int16_t *weights, int32_t *sums);

// Requantization of each channel: q = clamp((p + add + ((p >> shift) & odd) + (p < 0 ? negative : 0))
// >> shift) + offset, with p = z * multiplier and z = y where y >= threshold and 0 elsewhere.
typedef struct {
  size_t channels;
  const int32_t *multipliers;
  const int64_t *shifts, *add, *odd, *negative;
  int64_t low, high, offset;
} mime_requantizer;

// One row of activations from its sums; `thresholds` are the row's.
void mime_activate_bytes(
  int instructions, const mime_requantizer *requantizer, const int32_t *sums,
  const int32_t *thresholds, uint8_t *activations);
void mime_activate_words(
  int instructions, const mime_requantizer *requantizer, const int32_t *sums,
  const int32_t *thresholds, int16_t *activations);

#endif
