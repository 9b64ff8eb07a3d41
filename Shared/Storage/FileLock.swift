import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Holds a store for one process: `flock` on a file beside it, which the kernel lets go when the process dies.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: ``StoreError`` where someone else holds it, or the file cannot be made.
    init(path: String) throws {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw StoreError(.unusable, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.text(opened)
            close(opened)
            throw StoreError(
                .inUse,
                "the store \(path.dropLast(5)) is in use\(holder.isEmpty ? "" : " by process \(holder)"): "
                    + "stop that one first, or give this one another folder")
        }
        ftruncate(opened, 0)
        let holder = "\(getpid())"
        _ = pwrite(opened, holder, holder.utf8.count, 0)
        descriptor = Mutex(opened)
    }

    deinit { release() }

    /// Lets it go also for a child that was forked and has yet to run its program: closing alone would leave the lock
    /// with the child's copy of the descriptor.
    func release() {
        descriptor.withLock { held in
            if let held {
                flock(held, LOCK_UN)
                close(held)
            }
            held = nil
        }
    }

    private static func text(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
