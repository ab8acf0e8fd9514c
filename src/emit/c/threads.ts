/**
 * A program run by several threads. The caller is thread 0; the others are started by the first
 * run and wait for the next one: briefly awake, since training runs step after step, then asleep.
 * Inside a run threads meet by counting: waking a sleeper would take longer than most kernels.
 *
 * Argument for its correctness: `met` only grows, each thread adds one per meeting, and a thread
 * passes its n-th meeting of all time when `met` is at least n · threads; so nobody passes before
 * everybody has come, and additions are release operations and the waiting loads acquire ones. A
 * run ends with a meeting, so `base` and `generation` change only while all others wait for
 * `generation`. A worker counts itself into `sleepers` under the lock and then looks at
 * `generation` again; the caller changes `generation` and then looks at `sleepers`, both in
 * sequentially consistent order: one of them sees the other, and no wake-up is lost.
 */

/** One step of the program: what threads 0, 1, … call. */
interface ThreadedStep {
  readonly calls: readonly string[];
  /** Must all threads meet before it? */
  readonly meet: boolean;
}

export interface ThreadedProgram {
  /** Of the exported functions `name` and `name_close`. */
  readonly name: string;
  readonly threads: number;
  readonly steps: readonly ThreadedStep[];
  /** The base whose first 8 bytes keep the pool, and are zero before the first run. */
  readonly cell: number;
}

/** Looks at the generation before a worker goes to sleep: some 100 µs. */
const SPINS = 20_000;

/** What all threaded programs of a source share. */
export const threadPrelude: string = `#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

struct seat {
  struct pool *pool;
  int thread;
};

struct pool {
  unsigned generation __attribute__((aligned(64)));
  unsigned met __attribute__((aligned(64)));
  unsigned expected __attribute__((aligned(64)));
  int sleepers, stop, running;
  char *const *base;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pthread_t *threads;
  struct seat *seats;
};

static inline void meet(struct pool *pool, unsigned *expected, unsigned threads) {
  *expected += threads;
  __atomic_add_fetch(&pool->met, 1, __ATOMIC_ACQ_REL);
  for (int spin = 0; (int)(__atomic_load_n(&pool->met, __ATOMIC_ACQUIRE) - *expected) < 0;) {
    if (++spin < 4096) relax();
    else sched_yield(), spin = 0;
  }
}

/** Returns when the generation is no longer the one seen. */
static void await_next(struct pool *pool, unsigned seen) {
  for (int spin = 0; spin < ${SPINS}; spin++) {
    if (__atomic_load_n(&pool->generation, __ATOMIC_SEQ_CST) != seen) return;
    relax();
  }
  pthread_mutex_lock(&pool->lock);
  __atomic_add_fetch(&pool->sleepers, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(&pool->generation, __ATOMIC_SEQ_CST) == seen)
    pthread_cond_wait(&pool->wake, &pool->lock);
  __atomic_sub_fetch(&pool->sleepers, 1, __ATOMIC_SEQ_CST);
  pthread_mutex_unlock(&pool->lock);
}

static void start_next(struct pool *pool) {
  __atomic_add_fetch(&pool->generation, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleepers, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->lock);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

static void close_pool(struct pool *pool) {
  pool->stop = 1;
  start_next(pool);
  for (int i = 0; i < pool->running; i++) pthread_join(pool->threads[i], 0);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->wake);
  free(pool->threads);
  free(pool->seats);
  free(pool);
}

/** A pool whose workers run \`work\`; fewer than asked for if the system refuses. */
static struct pool *open_pool(int workers, void *(*work)(void *)) {
  struct pool *pool = aligned_alloc(64, (sizeof(struct pool) + 63) / 64 * 64);
  if (!pool) return 0;
  *pool = (struct pool){0};
  pthread_mutex_init(&pool->lock, 0);
  pthread_cond_init(&pool->wake, 0);
  pool->threads = malloc(workers * sizeof(pthread_t));
  pool->seats = malloc(workers * sizeof(struct seat));
  for (int i = 0; pool->threads && pool->seats && i < workers; i++) {
    pool->seats[i] = (struct seat){pool, i + 1};
    if (pthread_create(&pool->threads[i], 0, work, &pool->seats[i])) break;
    pool->running++;
  }
  return pool;
}
`;

/** The program's entry points. Where the system gives too few threads, one does it all. */
export function emitThreaded({ name, threads, steps, cell }: ThreadedProgram): string {
  const ofThread = (thread: number): string =>
    steps
      .map(({ calls, meet }) => {
        const call = calls[thread];
        const meeting = meet ? `  meet(pool, expected, ${threads});\n` : "";
        return `${meeting}${call === undefined ? "" : `  ${call};\n`}`;
      })
      .join("");
  const bodies = Array.from({ length: threads }, (_, thread) => {
    const head = `static void ${name}_thread${thread}(struct pool *pool, char *const *base, unsigned *expected) {\n`;
    return `${head}${ofThread(thread)}  meet(pool, expected, ${threads});\n}\n`;
  });
  const cases = Array.from({ length: threads - 1 }, (_, i) => {
    const call = `${name}_thread${i + 1}(seat->pool, seat->pool->base, &expected)`;
    return `      case ${i + 1}: ${call}; break;\n`;
  });
  const alone = steps.flatMap(({ calls }) => calls.map((call) => `  ${call};\n`));
  return `${bodies.join("\n")}
static void ${name}_alone(char *const *base) {
${alone.join("")}}

static void *${name}_work(void *argument) {
  struct seat *seat = argument;
  unsigned expected = 0;
  for (unsigned seen = 0;; seen++) {
    await_next(seat->pool, seen);
    if (seat->pool->stop) return 0;
    switch (seat->thread) {
${cases.join("")}    }
  }
}

PUBLIC void ${name}(char *const *base) {
  struct pool **cell = (struct pool **)base[${cell}];
  if (!*cell) *cell = open_pool(${threads - 1}, ${name}_work);
  struct pool *pool = *cell;
  if (!pool || pool->running < ${threads - 1}) {
    ${name}_alone(base);
    return;
  }
  pool->base = base;
  start_next(pool);
  ${name}_thread0(pool, base, &pool->expected);
}

PUBLIC void ${name}_close(char *const *base) {
  struct pool **cell = (struct pool **)base[${cell}];
  if (*cell) close_pool(*cell);
  *cell = 0;
}
`;
}
