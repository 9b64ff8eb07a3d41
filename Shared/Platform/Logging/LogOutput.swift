import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where log lines go.
public protocol LogOutput: Sendable {
    /// - Parameter line: with its line break.
    func write(_ line: String)
}

/// Standard error, one whole line at a time.
public final class StandardErrorOutput: LogOutput {
    public static let shared = StandardErrorOutput()
    private let turn = Mutex(())

    private init() {}

    public func write(_ line: String) {
        turn.withLock { _ in
            var rest = Array(line.utf8)[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { Self.write($0) }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// Asks again when a signal came between.
    private static func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let written = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
            #else
                let written = Darwin.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
            #endif
            if written >= 0 || errno != EINTR { return written }
        }
    }
}
