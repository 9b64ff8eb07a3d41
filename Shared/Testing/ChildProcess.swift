import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process with a pipe each for what it writes.
///
/// Foundation's `Process` tells of an end by a socket that children inherit which start at the same moment: it then
/// tells of it only when they have ended too. This one inherits nothing, and is waited for by its id.
struct ChildProcess: Sendable {
    let pid: pid_t
    /// To be read to its end, and closed.
    let output: Int32
    let errors: Int32

    /// Held from a pipe's making until no child can inherit it.
    private static let starting = Mutex(())

    /// - Throws: ``RunningExecutable/Failure`` where it cannot be started.
    init(_ path: String, _ arguments: [String], environment: [String: String]) throws {
        self = try Self.starting.withLock { _ in try Self(starting: path, arguments, environment) }
    }

    private init(starting path: String, _ arguments: [String], _ environment: [String: String]) throws {
        let (output, errors) = (try Self.pipe(), try Self.pipe())
        defer {
            close(output.write)
            close(errors.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.write, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var texts = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in texts + variables { free(text) } }
        var started = pid_t()
        let code = posix_spawn(&started, path, &actions, &attributes, &texts, &variables)
        guard code == 0 else {
            close(output.read)
            close(errors.read)
            throw RunningExecutable.Failure(description: "\(path): \(String(cString: strerror(code)))")
        }
        pid = started
        self.output = output.read
        self.errors = errors.read
    }

    /// Blocks until it has ended: its exit code, or 128 and the signal that killed it.
    func waited() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
            let code = Glibc.pipe(&ends)
        #else
            let code = Darwin.pipe(&ends)
        #endif
        guard code == 0 else {
            throw RunningExecutable.Failure(description: "no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
