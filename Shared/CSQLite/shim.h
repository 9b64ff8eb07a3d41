#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/// Turns SQLite's count of its own memory off, which takes a lock for every allocation. For the whole process, and
/// only before SQLite is first used.
static inline int accord_sqlite_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// SQLite asks for the same few sizes again and again, some of them (pages, and what undoes a savepoint) too large or too
// many for the caches of malloc. Here each size has a list of free blocks, which are never given back: for a process
// that works hard and ends.

enum { accord_block_head = 16, accord_block_sizes = 48 };

struct accord_blocks {
    void *free[accord_block_sizes];
    char lock;
};

static inline struct accord_blocks *accord_blocks(void) {
    static struct accord_blocks blocks;
    return &blocks;
}

/// Which list has blocks of a size; those past the lists are of malloc. Steps of 16 bytes to 256, of 64 to 1,280, of 512
/// to 5,376, then doubled to 86,016.
static inline int accord_block_size_index(int size) {
    if (size <= 256) return (size + 15) / 16 - 1;
    if (size <= 1280) return 16 + (size - 256 + 63) / 64 - 1;
    if (size <= 5376) return 32 + (size - 1280 + 511) / 512 - 1;
    int index = 40;
    for (int limit = 10752; index < 44; index++, limit *= 2) {
        if (size <= limit) return index;
    }
    return accord_block_sizes;
}

static inline int accord_block_size(int index) {
    if (index < 16) return (index + 1) * 16;
    if (index < 32) return 256 + (index - 15) * 64;
    if (index < 40) return 1280 + (index - 31) * 512;
    return 10752 << (index - 40);
}

static inline void accord_blocks_lock(void) {
    while (__atomic_test_and_set(&accord_blocks()->lock, __ATOMIC_ACQUIRE)) {}
}

static inline void accord_blocks_unlock(void) { __atomic_clear(&accord_blocks()->lock, __ATOMIC_RELEASE); }

// Before a block: the bytes it has room for.
static inline int accord_block_room(void *block) { return *(int *)((char *)block - accord_block_head); }

static inline int accord_block_roundup(int size) {
    int index = accord_block_size_index(size);
    return index < accord_block_sizes ? accord_block_size(index) : (size + 7) & ~7;
}

static inline void *accord_block_allocate(int size) {
    int index = accord_block_size_index(size);
    if (index < accord_block_sizes) {
        accord_blocks_lock();
        void *block = accord_blocks()->free[index];
        if (block) accord_blocks()->free[index] = *(void **)block;
        accord_blocks_unlock();
        if (block) return block;
    }
    int room = accord_block_roundup(size);
    char *start = malloc((size_t)room + accord_block_head);
    if (!start) return NULL;
    *(int *)start = room;
    return start + accord_block_head;
}

static inline void accord_block_free(void *block) {
    int index = accord_block_size_index(accord_block_room(block));
    if (index == accord_block_sizes) return free((char *)block - accord_block_head);
    accord_blocks_lock();
    *(void **)block = accord_blocks()->free[index];
    accord_blocks()->free[index] = block;
    accord_blocks_unlock();
}

static inline void *accord_block_reallocate(void *block, int size) {
    int room = accord_block_room(block);
    if (size <= room && accord_block_roundup(size) == room) return block;
    void *other = accord_block_allocate(size);
    if (!other) return NULL;
    memcpy(other, block, (size_t)(size < room ? size : room));
    accord_block_free(block);
    return other;
}

static inline int accord_blocks_open(void *unused) { return SQLITE_OK; }
static inline void accord_blocks_close(void *unused) {}

/// Makes SQLite keep the memory that it frees, for its next use: faster, and never given back. For the whole process,
/// and only before SQLite is first used.
static inline int accord_sqlite_keep_memory(void) {
    static const sqlite3_mem_methods methods = {
        accord_block_allocate, accord_block_free, accord_block_reallocate, accord_block_room, accord_block_roundup,
        accord_blocks_open, accord_blocks_close, NULL,
    };
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
