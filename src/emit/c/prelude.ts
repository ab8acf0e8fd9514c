/**
 * The C that every program begins with: vector types of the machine's width and the operations
 * that C has no sign for. GCC's and Clang's vector extensions only, no headers: those of the
 * processors' intrinsics take longer to read than a small program takes to compile.
 *
 * Masks are integer vectors with all bits of a lane set or none; both compilers turn selections
 * by them into the processor's own blends. Lane loops become single instructions likewise.
 */

/** Names the prelude takes; a program's own must differ. */
export const preludeNames: readonly string[] = [
  "vf",
  "vi",
  "vu",
  "vf_any",
  "vi_any",
  "base",
  "main",
  "q",
  "run",
];

const lanesOf = (lanes: number, item: (lane: number) => string): string =>
  Array.from({ length: lanes }, (_, lane) => item(lane)).join(", ");

/** The lanes of `v` combined pairwise, neighbours first; an odd last one stays. */
function pairwise(lanes: number, combine: (a: string, b: string) => string): string {
  let parts = Array.from({ length: lanes }, (_, lane) => `v[${lane}]`);
  while (parts.length > 1) {
    parts = parts.flatMap((part, i) => {
      if (i % 2 === 1) return [];
      return i + 1 < parts.length ? [combine(part, parts[i + 1]!)] : [part];
    });
  }
  return parts[0]!;
}

export function prelude(lanes: number): string {
  return [
    types(lanes),
    scalars,
    multiplyAdd(lanes),
    extrema(lanes),
    vectors(lanes),
    partial(lanes),
  ].join("\n");
}

function types(lanes: number): string {
  const bytes = lanes * 4;
  return `#ifndef __has_builtin
#define __has_builtin(name) 0
#endif
#ifndef __has_attribute
#define __has_attribute(name) 0
#endif
#define INLINE static inline __attribute__((always_inline, unused))
/* One source may be compiled in several units at once, with UNIT = 0 … UNITS - 1. */
#ifdef UNITS
#define IN_UNIT(place) ((place) % UNITS == UNIT)
#define LINKAGE
#else
#define IN_UNIT(place) 1
#define LINKAGE static
#endif
/* GCC 12's analyses between functions lose stores that only a later function reads. */
#if __has_attribute(noipa)
#define KERNEL LINKAGE __attribute__((noipa))
#else
#define KERNEL LINKAGE __attribute__((noinline))
#endif
#ifdef _WIN32
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif
typedef float vf __attribute__((vector_size(${bytes})));
typedef int vi __attribute__((vector_size(${bytes})));
typedef unsigned vu __attribute__((vector_size(${bytes})));
typedef float vf_any __attribute__((vector_size(${bytes}), aligned(4), may_alias));
typedef int vi_any __attribute__((vector_size(${bytes}), aligned(4), may_alias));
`;
}

const scalars = `INLINE int bits_of(float x) { union { float f; int i; } u = { .f = x }; return u.i; }
INLINE float of_bits(int x) { union { int i; float f; } u = { .i = x }; return u.f; }
INLINE float min_s(float a, float b) {
  return a != a ? a : b != b ? b : a == b ? of_bits(bits_of(a) | bits_of(b)) : a < b ? a : b;
}
INLINE float max_s(float a, float b) {
  return a != a ? a : b != b ? b : a == b ? of_bits(bits_of(a) & bits_of(b)) : a < b ? b : a;
}
INLINE float pmin_s(float a, float b) { return b < a ? b : a; }
INLINE float pmax_s(float a, float b) { return a < b ? b : a; }
INLINE int imin_s(int a, int b) { return a < b ? a : b; }
INLINE int imax_s(int a, int b) { return a < b ? b : a; }
INLINE int to_int_s(float x) {
  return x != x ? 0 : x >= 0x1p31f ? 0x7fffffff : x < -0x1p31f ? -0x7fffffff - 1 : (int)x;
}
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
INLINE float fma_s(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
#else
INLINE float fma_s(float a, float b, float c) { return a * b + c; }
#endif
`;

/** One instruction under each compiler's own name, or else a loop that becomes one. */
function multiplyAdd(lanes: number): string {
  const named: Readonly<Record<number, readonly [name: string, feature: string, rest: string]>> = {
    16: ["__builtin_ia32_vfmaddps512_mask", "__AVX512F__", ", -1, 4"],
    8: ["__builtin_ia32_vfmaddps256", "__FMA__", ""],
    4: ["__builtin_ia32_vfmaddps", "__FMA__", ""],
  };
  const [name, feature, rest] = named[lanes] ?? ["none", "NONE", ""];
  const signature = "INLINE vf fma_v(vf a, vf b, vf c)";
  return `#if defined(PLAIN)
#define NAMED(name) 0
#else
#define NAMED(name) __has_builtin(name)
#endif
#if NAMED(__builtin_elementwise_fma) && (defined(__FMA__) || defined(__ARM_FEATURE_FMA))
${signature} { return __builtin_elementwise_fma(a, b, c); }
#elif NAMED(${name}) && defined(${feature})
${signature} { return ${name}(a, b, c${rest}); }
#elif defined(__FMA__) || defined(__ARM_FEATURE_FMA)
${signature} { vf r; for (int i = 0; i < ${lanes}; i++) r[i] = __builtin_fmaf(a[i], b[i], c[i]); return r; }
#else
${signature} { return a * b + c; }
#endif
`;
}

/** x86's own minimum and maximum give the second operand unless the first wins: ours, reversed. */
function extrema(lanes: number): string {
  const named: Readonly<Record<number, readonly [suffix: string, feature: string, rest: string]>> =
    {
      16: ["512_mask", "__AVX512F__", ", (vf){0}, -1, 4"],
      8: ["256", "__AVX__", ""],
      4: ["", "__SSE__", ""],
    };
  const [suffix, feature, rest] = named[lanes] ?? ["none", "NONE", ""];
  return `INLINE vf select_f(vi m, vf a, vf b) { return (vf)((m & (vi)a) | (~m & (vi)b)); }
INLINE vi select_i(vi m, vi a, vi b) { return (m & a) | (~m & b); }
#if NAMED(__builtin_ia32_minps${suffix}) && defined(${feature})
INLINE vf pmin_v(vf a, vf b) { return __builtin_ia32_minps${suffix}(b, a${rest}); }
INLINE vf pmax_v(vf a, vf b) { return __builtin_ia32_maxps${suffix}(b, a${rest}); }
#else
INLINE vf pmin_v(vf a, vf b) { return select_f(b < a, b, a); }
INLINE vf pmax_v(vf a, vf b) { return select_f(a < b, b, a); }
#endif
`;
}

function vectors(lanes: number): string {
  const perLane = (name: string, call: string): string =>
    `INLINE vf ${name}(vf a) { vf r; for (int i = 0; i < ${lanes}; i++) r[i] = ${call}(a[i]); return r; }`;
  return `INLINE vf splat_f(float x) { return (vf){ ${lanesOf(lanes, () => "x")} }; }
INLINE vi splat_i(int x) { return (vi){ ${lanesOf(lanes, () => "x")} }; }
INLINE vi count_from(int x) { return splat_i(x) + (vi){ ${lanesOf(lanes, String)} }; }
${perLane("sqrt_v", "__builtin_sqrtf")}
${perLane("floor_v", "__builtin_floorf")}
${perLane("nearest_v", "__builtin_rintf")}
INLINE vf abs_v(vf a) { return (vf)((vi)a & splat_i(0x7fffffff)); }
INLINE vf min_v(vf a, vf b) {
  vf less = select_f(a == b, (vf)((vi)a | (vi)b), select_f(a < b, a, b));
  return select_f(a != a, a, less);
}
INLINE vf max_v(vf a, vf b) {
  vf more = select_f(a == b, (vf)((vi)a & (vi)b), select_f(b < a, a, b));
  return select_f(a != a, a, more);
}
INLINE vi imin_v(vi a, vi b) { return select_i(a < b, a, b); }
INLINE vi imax_v(vi a, vi b) { return select_i(a < b, b, a); }
INLINE vi to_int_v(vf x) {
  vi above = x >= splat_f(0x1p31f), below = x < splat_f(-0x1p31f);
  vf within = select_f((x == x) & ~above & ~below, x, (vf){0});
  vi beyond = (above & splat_i(0x7fffffff)) | (below & splat_i(-0x7fffffff - 1));
  return __builtin_convertvector(within, vi) | beyond;
}
INLINE vf from_int_v(vi x) { return __builtin_convertvector(x, vf); }
INLINE vf from_unsigned_v(vi x) { return __builtin_convertvector((vu)x, vf); }
INLINE float sum_v(vf v) { return ${pairwise(lanes, (a, b) => `(${a} + ${b})`)}; }
INLINE float largest_v(vf v) { return ${pairwise(lanes, (a, b) => `max_s(${a}, ${b})`)}; }
INLINE vf load_f(const float *from) { return *(const vf_any *)from; }
INLINE vi load_i(const float *from) { return *(const vi_any *)from; }
INLINE void store_f(float *to, vf v) { *(vf_any *)to = v; }
INLINE void store_i(float *to, vi v) { *(vi_any *)to = v; }
`;
}

/** The first `count` lanes only; the count is a constant at every call. */
function partial(lanes: number): string {
  const masked =
    lanes === 16 ? "NAMED(__builtin_ia32_storeups512_mask) && defined(__AVX512F__)" : "0";
  return `#if ${masked}
INLINE vf load_part_f(const float *from, int count) {
  return __builtin_ia32_loadups512_mask(from, (vf){0}, (unsigned short)((1 << count) - 1));
}
INLINE void store_part_f(float *to, vf v, int count) {
  __builtin_ia32_storeups512_mask(to, v, (unsigned short)((1 << count) - 1));
}
#else
INLINE vf load_part_f(const float *from, int count) {
  vf v = {0};
  for (int i = 0; i < ${lanes}; i++) if (i < count) v[i] = from[i];
  return v;
}
INLINE void store_part_f(float *to, vf v, int count) {
  __builtin_memcpy(to, &v, 4 * (unsigned long)count);
}
#endif
`;
}
