package import Kernel
package import Logging
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ends the process, with an exit code that says so, when it does not end by itself in time after being told to.
package struct DrainWatch: Service {
    private let limit: TimeSpan
    private let logger: Logger

    package init(limit: TimeSpan, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    package func run() async throws {
        try await gracefulShutdown()
        logger.info("draining", metadata: ["limit": "\(limit.text)"])
        Task.detached(priority: .high) { [limit, logger] in
            try await Task.sleep(for: limit.duration)
            logger.error("what ran did not finish in time", metadata: ["limit": "\(limit.text)"])
            exit(ExitCode.failed.rawValue)
        }
    }
}
