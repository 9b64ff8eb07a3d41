public import Foundation
public import Hosting
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real executable of this package, started by a test.
///
/// It gets none of the test's `ACCORD_...` variables, and is killed when the last reference to it goes.
public final class RunningExecutable: Sendable {
    /// Why an executable is of no use to a test.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let name: String
    private let child: ChildProcess
    private let output = LineLog()
    private let errors = LineLog()
    private let exit = ExitSignal()

    public var pid: Int32 { child.pid }
    /// What it wrote to standard output so far.
    public var standardOutput: String { output.text }
    /// What it wrote to standard error so far: its log.
    public var standardError: String { errors.text }

    /// - Parameter name: of the product, such as `accord-icp`.
    public init(_ name: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        self.name = name
        child = try ChildProcess(
            Self.folder.appending(path: name).path, arguments,
            environment: ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ACCORD_") }
                .merging(environment) { $1 })
        output.read(child.output)
        errors.read(child.errors)
        Thread { [child, exit] in exit.fire(child.waited()) }.start()
    }

    deinit {
        if !exit.hasFired { kill(child.pid, SIGKILL) }
    }

    /// Where the package's executables are: beside the test bundle.
    public static var folder: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// The first line that starts so, of standard output; without that start.
    ///
    /// - Throws: ``Failure`` with the log when the process ends first, or does not say it within the limit.
    public func line(after start: String, within limit: Duration = .seconds(60)) async throws -> String {
        let found = await withTaskGroup(of: String?.self) { group in
            group.addTask { [output] in await output.line(after: start) }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        if let found { return found }
        throw Failure(
            description: "\(name) did not say `\(start)`: \(standardError)")
    }

    public func signal(_ number: Int32) {
        if !exit.hasFired { kill(pid, number) }
    }

    /// Waits for the end: the exit code, or 128 and the signal that killed it.
    @discardableResult
    public func ended() async -> Int32 {
        let status = await exit.status()
        _ = await output.line(after: nil)
        _ = await errors.line(after: nil)
        return status
    }

    /// Asks it to end, and waits.
    @discardableResult
    public func terminate() async -> Int32 {
        signal(SIGTERM)
        return await ended()
    }

    /// Ends it as a power cut would, and waits.
    @discardableResult
    public func killNow() async -> Int32 {
        signal(SIGKILL)
        return await ended()
    }
}

/// One of the five services as a process.
public final class RunningService: Sendable {
    public let name: ServiceName
    public let executable: RunningExecutable
    /// `http://127.0.0.1:PORT`
    public let address: String

    public var port: Int { address.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// Starts it and waits until it is ready.
    ///
    /// - Parameters:
    ///   - data: the folder of its store.
    ///   - port: 0 for any that is free.
    ///   - peers: where it finds others.
    public init(
        _ name: ServiceName, data: String, port: Int = 0, peers: [ServiceName: String] = [:],
        arguments: [String] = [], environment: [String: String] = [:]
    ) async throws {
        self.name = name
        executable = try Self.begin(
            name, data: data, port: port, peers: peers, arguments: arguments, environment: environment)
        address = try await executable.line(after: "listening on ")
    }

    /// Starts it and does not wait.
    public static func begin(
        _ name: ServiceName, data: String, port: Int = 0, peers: [ServiceName: String] = [:],
        arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> RunningExecutable {
        let addresses = peers.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap {
            ["--\($0.key.rawValue)-url", $0.value]
        }
        return try RunningExecutable(
            "accord-\(name.rawValue)", ["--data", data, "--port", String(port)] + addresses + arguments,
            environment: environment)
    }
}

/// Ports that were free a moment ago, for processes that have to know of each other before they start.
public enum FreePorts {
    public static func take(_ count: Int) throws -> [Int] {
        let sockets = try (0..<count).map { _ in try bound() }
        defer { for socket in sockets { close(socket.descriptor) } }
        return sockets.map(\.port)
    }

    private static func bound() throws -> (descriptor: Int32, port: Int) {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard result == 0 else { throw RunningExecutable.Failure(description: "no port is free") }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}

/// Collects what a process writes, and tells who waits for a line.
private final class LineLog: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var waiters: [(start: String?, id: Int, continuation: CheckedContinuation<String?, Never>)] = []
        var nextID = 0
        var hasEnded = false
    }

    private let state = Mutex(State())

    /// Reads a pipe to its end on a thread of its own, and closes it.
    func read(_ descriptor: Int32) {
        Thread { [self] in
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            while true {
                let data = handle.availableData
                append(data, isLast: data.isEmpty)
                if data.isEmpty { return }
            }
        }.start()
    }

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    private func lineNow(after start: String) -> String? {
        let text = text
        let whole = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return whole.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// Nil when the process ends without it, or the waiting task is cancelled. Without a start, waits for the end.
    func line(after start: String?) async -> String? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.waiters.append((start, id, continuation)) }
                wake()
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func append(_ data: Data, isLast: Bool) {
        state.withLock { state in
            state.bytes += data
            if isLast { state.hasEnded = true }
        }
        wake()
    }

    private func wake() {
        let (waiting, hasEnded) = state.withLock { state in (state.waiters.map { ($0.id, $0.start) }, state.hasEnded) }
        for (id, start) in waiting {
            let line = start.flatMap(lineNow)
            if line != nil || hasEnded { remove(id)?.resume(returning: line) }
        }
    }

    private func cancel(_ id: Int) {
        remove(id)?.resume(returning: nil)
    }

    private func remove(_ id: Int) -> CheckedContinuation<String?, Never>? {
        state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index).continuation
        }
    }
}

/// Tells everyone who waits that a process has ended.
private final class ExitSignal: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    private let state = Mutex(State())

    var hasFired: Bool { state.withLock { $0.status != nil } }

    func fire(_ status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
