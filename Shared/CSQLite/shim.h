#include <sqlite3.h>

/// Turns SQLite's count of its own memory off, which takes a lock for every allocation. For the whole process, and
/// only before SQLite is first used.
static inline int accord_sqlite_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
