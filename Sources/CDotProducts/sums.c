#include "dot_products.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Channels of a group of weights.
#define GROUP 64
// Channels of a vector of 512 bits of sums.
#define VECTOR 16

#define ALWAYS_INLINE static inline __attribute__((always_inline))

bool mime_has_instructions(int instructions) {
  if (instructions == MIME_PORTABLE) return true;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (instructions == MIME_AVX2) return __builtin_cpu_supports("avx2");
  if (instructions == MIME_AVX512_VNNI)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
#endif
  return false;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// Sums of words by blocks of 6 rows, or of what is left of them, and `count` channels.
#define WORDS(block, count) \
  for (size_t c = 0; c < m->channels; c += GROUP) { \
    const size_t width = smaller(GROUP, m->channels - c); \
    for (size_t v = 0; v < width; v += count) \
      for (size_t r = 0; r < row_count; r += 6) { \
        switch (row_count - r) { \
          case 1: WORD_BLOCK(block, 1); break; \
          case 2: WORD_BLOCK(block, 2); break; \
          case 3: WORD_BLOCK(block, 3); break; \
          case 4: WORD_BLOCK(block, 4); break; \
          case 5: WORD_BLOCK(block, 5); break; \
          default: WORD_BLOCK(block, 6); \
        } \
      } \
    weights += m->tap_count * m->run * width; \
  }
#define WORD_BLOCK(block, row_count) \
  block( \
    m, base, rows + r, row_count, width, m->start + c + v, weights + 2 * v, \
    sums + r * m->channels + c + v)

ALWAYS_INLINE int32_t word(const void *at) {
  int32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

// Vectors of 128 bits, which the compiler has on every machine; sums are unsigned, as their arithmetic wraps.
typedef int16_t words __attribute__((vector_size(16)));
typedef int32_t products __attribute__((vector_size(16)));
typedef uint32_t totals __attribute__((vector_size(16)));

// Of each pair of words the sum of both products.
ALWAYS_INLINE totals pair_products(words a, words b) {
#if defined(__SSE2__)
  return (totals)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
#define PRODUCTS(...) \
  (__builtin_convertvector(__builtin_shufflevector(a, a, __VA_ARGS__), products) * \
   __builtin_convertvector(__builtin_shufflevector(b, b, __VA_ARGS__), products))
  return (totals)PRODUCTS(0, 2, 4, 6) + (totals)PRODUCTS(1, 3, 5, 7);
#undef PRODUCTS
#endif
}

// Rows times 8 channels of a group of `width`.
ALWAYS_INLINE void portable_block(
  const mime_reduction *m, const int16_t *base, const ptrdiff_t *rows, size_t row_count,
  size_t width, const int32_t *start, const int16_t *weights, int32_t *sums) {
  totals total[6][2];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) memcpy(total[r], start, sizeof total[r]);
  for (size_t t = 0; t < m->tap_count; t++) {
    const int16_t *tap = base + m->taps[t];
    for (size_t k = 0; k < m->run; k += 2) {
      words w[2];
      memcpy(w, weights, sizeof w);
      weights += 2 * width;
#pragma clang loop unroll(full)
      for (size_t r = 0; r < row_count; r++) {
        const int32_t pair = word(tap + rows[r] + k);
        const words a = (words)(products){pair, pair, pair, pair};
        total[r][0] += pair_products(a, w[0]);
        total[r][1] += pair_products(a, w[1]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) memcpy(sums + r * m->channels, total[r], sizeof total[r]);
}

static void portable_sums_words(
  const mime_reduction *m, const int16_t *base, const ptrdiff_t *rows, size_t row_count,
  const int16_t *weights, int32_t *sums) {
  WORDS(portable_block, 8)
}

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define AVX2 __attribute__((target("avx2")))

// `row_count` rows times `vectors` vectors of channels, in registers. A word of 32 bits holds 4 bytes or
// 2 words of activations; both kinds of products add up modulo 2^32.
ALWAYS_INLINE AVX512 void avx512_block(
  const mime_reduction *m, const char *base, const ptrdiff_t *rows, size_t row_count,
  size_t vectors, bool is_bytes, const int32_t *start, const char *weights, int32_t *sums) {
  const size_t size = is_bytes ? 1 : 2;
  __m512i total[6][4];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) total[r][v] = _mm512_loadu_si512(start + VECTOR * v);
  for (size_t t = 0; t < m->tap_count; t++) {
    const char *tap = base + m->taps[t] * (ptrdiff_t)size;
    const char *row[6];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; r++) row[r] = tap + rows[r] * (ptrdiff_t)size;
    for (size_t k = 0; k < m->run * size; k += 4) {
      __m512i w[4];
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; v++) w[v] = _mm512_loadu_si512(weights + 64 * v);
      weights += 64 * vectors;
#pragma clang loop unroll(full)
      for (size_t r = 0; r < row_count; r++) {
        const __m512i a = _mm512_set1_epi32(word(row[r] + k));
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++)
          total[r][v] = is_bytes ? _mm512_dpbusd_epi32(total[r][v], a, w[v])
                                 : _mm512_dpwssd_epi32(total[r][v], a, w[v]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++)
      _mm512_storeu_si512(sums + r * m->channels + VECTOR * v, total[r][v]);
}

ALWAYS_INLINE AVX512 void avx512_rows(
  const mime_reduction *m, const char *base, const ptrdiff_t *rows, size_t row_count,
  size_t vectors, bool is_bytes, const int32_t *start, const char *weights, int32_t *sums) {
  size_t r = 0;
#define BLOCK(count) \
  avx512_block( \
    m, base, rows + r, count, vectors, is_bytes, start, weights, sums + r * m->channels)
  for (; r + 6 <= row_count; r += 6) BLOCK(6);
  switch (row_count - r) {
    case 1: BLOCK(1); break;
    case 2: BLOCK(2); break;
    case 3: BLOCK(3); break;
    case 4: BLOCK(4); break;
    case 5: BLOCK(5); break;
  }
#undef BLOCK
}

ALWAYS_INLINE AVX512 void avx512_sums(
  const mime_reduction *m, const char *base, const ptrdiff_t *rows, size_t row_count,
  const char *weights, bool is_bytes, int32_t *sums) {
  const size_t steps = m->tap_count * m->run;
  for (size_t c = 0; c < m->channels; c += GROUP) {
#define ROWS(vectors) \
  avx512_rows(m, base, rows, row_count, vectors, is_bytes, m->start + c, weights, sums + c)
    const size_t width = smaller(GROUP, m->channels - c);
    switch (width / VECTOR) {
      case 1: ROWS(1); break;
      case 2: ROWS(2); break;
      case 3: ROWS(3); break;
      case 4: ROWS(4); break;
    }
#undef ROWS
    weights += steps * width * (is_bytes ? 1 : 2);
  }
}

AVX512 static void avx512_sums_bytes(
  const mime_reduction *m, const uint8_t *base, const ptrdiff_t *rows, size_t row_count,
  const int8_t *weights, int32_t *sums) {
  avx512_sums(m, (const char *)base, rows, row_count, (const char *)weights, true, sums);
}

AVX512 static void avx512_sums_words(
  const mime_reduction *m, const int16_t *base, const ptrdiff_t *rows, size_t row_count,
  const int16_t *weights, int32_t *sums) {
  avx512_sums(m, (const char *)base, rows, row_count, (const char *)weights, false, sums);
}

// Rows times one vector of 16 channels of a group of `width`.
ALWAYS_INLINE AVX2 void avx2_block(
  const mime_reduction *m, const int16_t *base, const ptrdiff_t *rows, size_t row_count,
  size_t width, const int32_t *start, const int16_t *weights, int32_t *sums) {
  __m256i total[6][2];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++)
    for (size_t v = 0; v < 2; v++)
      total[r][v] = _mm256_loadu_si256((const __m256i *)(start + 8 * v));
  for (size_t t = 0; t < m->tap_count; t++) {
    const int16_t *tap = base + m->taps[t];
    for (size_t k = 0; k < m->run; k += 2) {
      const __m256i w0 = _mm256_loadu_si256((const __m256i *)weights);
      const __m256i w1 = _mm256_loadu_si256((const __m256i *)(weights + 16));
      weights += 2 * width;
#pragma clang loop unroll(full)
      for (size_t r = 0; r < row_count; r++) {
        const __m256i a = _mm256_set1_epi32(word(tap + rows[r] + k));
        total[r][0] = _mm256_add_epi32(total[r][0], _mm256_madd_epi16(a, w0));
        total[r][1] = _mm256_add_epi32(total[r][1], _mm256_madd_epi16(a, w1));
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++)
    for (size_t v = 0; v < 2; v++)
      _mm256_storeu_si256((__m256i *)(sums + r * m->channels + 8 * v), total[r][v]);
}

AVX2 static void avx2_sums_words(
  const mime_reduction *m, const int16_t *base, const ptrdiff_t *rows, size_t row_count,
  const int16_t *weights, int32_t *sums) {
  WORDS(avx2_block, 16)
}

#endif

void mime_sums_bytes(
  const mime_reduction *reduction, const uint8_t *base, const ptrdiff_t *rows, size_t row_count,
  const int8_t *weights, int32_t *sums) {
#if defined(__x86_64__)
  avx512_sums_bytes(reduction, base, rows, row_count, weights, sums);
#endif
}

void mime_sums_words(
  int instructions, const mime_reduction *reduction, const int16_t *base, const ptrdiff_t *rows,
  size_t row_count, const int16_t *weights, int32_t *sums) {
#if defined(__x86_64__)
  if (instructions == MIME_AVX512_VNNI) {
    avx512_sums_words(reduction, base, rows, row_count, weights, sums);
    return;
  }
  if (instructions == MIME_AVX2) {
    avx2_sums_words(reduction, base, rows, row_count, weights, sums);
    return;
  }
#endif
  portable_sums_words(reduction, base, rows, row_count, weights, sums);
}
