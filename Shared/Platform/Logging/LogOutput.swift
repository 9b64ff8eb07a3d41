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

/// Standard error or standard output, one whole line at a time.
public final class StandardOutput: LogOutput {
    /// Where logs and complaints go.
    public static let error = StandardOutput(STDERR_FILENO)
    /// Where results go.
    public static let result = StandardOutput(STDOUT_FILENO)

    private let descriptor: Int32
    private let turn = Mutex(())

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    public func write(_ line: String) {
        turn.withLock { _ in
            var rest = Array(line.utf8)[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { write($0) }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// Asks again when a signal came between.
    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let written = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #else
                let written = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
            if written >= 0 || errno != EINTR { return written }
        }
    }
}
