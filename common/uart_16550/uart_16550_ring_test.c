/* SPDX-License-Identifier: MIT */
/* The rings against a queue that cannot be wrong, and between two threads. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uart_16550/uart_16550_irq.h"
#include "uart_16550/uart_16550_model.h"

/* A generator of our own: the same program on every machine. */
static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ z >> 31) >> 16) % limit;
}

/* ---- rings ---------------------------------------------------------------------------- */

/* A queue that cannot be wrong: it never reuses a place. */
static struct { struct uart_cell cells[200000]; size_t in, out; } queue;

/* False as soon as ring and queue differ.  `damage` is the operation at which the ring gets a
 * byte the queue does not know, for the suite's deliberate fault. */
static bool ring_agrees(uint32_t count, uint32_t operations, uint32_t damage)
{
    static struct uart_cell cells[64];
    struct uart_ring ring;
    uart_ring_init(&ring, cells, count);
    /* The counters wrap in the middle of the run. */
    ring.pushed = ring.taken = UINT32_MAX - operations / 8;
    queue.in = queue.out = 0;
    random_state = count;
    for (uint32_t i = 0; i < operations; i++) {
        struct uart_cell cell = {(uint8_t)random_below(256), (uint8_t)random_below(16)};
        if (i == damage) cells[ring.taken & ring.mask].byte ^= 1;
        if (random_below(100) < (i / 500 % 2 ? 70u : 30u)) {
            bool room = queue.in - queue.out < count;
            if (uart_ring_push(&ring, cell) != room) return false;
            if (room) queue.cells[queue.in++] = cell;
        } else {
            bool some = queue.in > queue.out;
            if (uart_ring_take(&ring, &cell) != some) return false;
            if (some) {
                struct uart_cell want = queue.cells[queue.out++];
                if (cell.byte != want.byte || cell.errors != want.errors) return false;
            }
        }
        if (uart_ring_used(&ring) != queue.in - queue.out) return false;
    }
    return true;
}

static void rings_are_queues(void **state)
{
    (void)state;
    for (uint32_t count = 2; count <= 64; count *= 2)
        assert_true(ring_agrees(count, 100000, UINT32_MAX));
}

static void odd_sizes_are_a_broken_promise(void **state)
{
    (void)state;
    struct uart_ring ring;
    struct uart_cell cells[8];
    expect_assert_failure(uart_ring_init(&ring, cells, 0));
    expect_assert_failure(uart_ring_init(&ring, cells, 1));
    expect_assert_failure(uart_ring_init(&ring, cells, 6));
}

enum { STREAM = 50000 };

static void *push_stream(void *ring)
{
    for (uint32_t i = 0; i < STREAM;) {
        if (uart_ring_push(ring, (struct uart_cell){(uint8_t)i, (uint8_t)(i >> 8)})) i++;
        else sched_yield();
    }
    return NULL;
}

static void two_threads_share_a_ring(void **state)
{
    (void)state;
    struct uart_cell cells[16], cell;
    struct uart_ring ring;
    pthread_t producer;
    uart_ring_init(&ring, cells, 16);
    assert_int_equal(pthread_create(&producer, NULL, push_stream, &ring), 0);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < STREAM;) {
        if (!uart_ring_take(&ring, &cell)) { sched_yield(); continue; }
        if ((cell.byte | cell.errors << 8) != (uint16_t)i) wrong++;
        i++;
    }
    pthread_join(producer, NULL);
    assert_int_equal(wrong, 0);
}

/* The fault this suite must catch: one bit of one cell. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    assert_true(ring_agrees(64, 100000, UINT32_MAX));
    assert_false(ring_agrees(64, 100000, 50000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_are_queues),
        cmocka_unit_test(odd_sizes_are_a_broken_promise),
        cmocka_unit_test(two_threads_share_a_ring),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("uart_16550: rings", tests, NULL, NULL);
}
