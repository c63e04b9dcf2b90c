#include "dot_products.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define AVX2 __attribute__((target("avx2")))
#endif

// One loop over channels for every set of instructions: the compiler has vectors for each.
ALWAYS_INLINE int64_t activation(const mime_requantizer *q, size_t c, int32_t y, int32_t threshold) {
  const int32_t z = y >= threshold ? y : 0;
  const int64_t p = (int64_t)z * q->multipliers[c];
  const int64_t shift = q->shifts[c];
  const int64_t rounded = (p + q->add[c] + ((p >> shift) & q->odd[c]) +
                           (p < 0 ? q->negative[c] : 0)) >>
                          shift;
  const int64_t raised = rounded < q->low ? q->low : rounded;
  return (raised > q->high ? q->high : raised) + q->offset;
}

#define ACTIVATE(name, attribute, type) \
  attribute static void name( \
    const mime_requantizer *q, const int32_t *restrict sums, const int32_t *restrict thresholds, \
    type *restrict activations) { \
    for (size_t c = 0; c < q->channels; c++) \
      activations[c] = (type)activation(q, c, sums[c], thresholds[c]); \
  }

ACTIVATE(portable_bytes, , uint8_t)
ACTIVATE(portable_words, , int16_t)
#if defined(__x86_64__)
ACTIVATE(avx2_bytes, AVX2, uint8_t)
ACTIVATE(avx2_words, AVX2, int16_t)
ACTIVATE(avx512_bytes, AVX512, uint8_t)
ACTIVATE(avx512_words, AVX512, int16_t)
#endif

#if defined(__x86_64__)
#define DISPATCH(kind) \
  if (instructions == MIME_AVX512_VNNI) { \
    avx512_##kind(requantizer, sums, thresholds, activations); \
    return; \
  } \
  if (instructions == MIME_AVX2) { \
    avx2_##kind(requantizer, sums, thresholds, activations); \
    return; \
  } \
  portable_##kind(requantizer, sums, thresholds, activations);
#else
#define DISPATCH(kind) portable_##kind(requantizer, sums, thresholds, activations);
#endif

void mime_activate_bytes(
  int instructions, const mime_requantizer *requantizer, const int32_t *sums,
  const int32_t *thresholds, uint8_t *activations) {
  DISPATCH(bytes)
}

void mime_activate_words(
  int instructions, const mime_requantizer *requantizer, const int32_t *sums,
  const int32_t *thresholds, int16_t *activations) {
  DISPATCH(words)
}
