#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the process uses of the machine, as Linux tells in `/proc`. Where there is none, there are no samples.
public struct ProcessMetrics: Sendable {
    /// Seconds since 1970.
    private let startedAt: Double?

    public init() {
        startedAt = Self.startTime()
    }

    /// Under the names that every Prometheus client uses.
    public func samples() -> [MetricSample] {
        let statistics = Self.statistics()
        let candidates: [(String, MetricKind, String, Double?)] = [
            (
                "process_cpu_seconds_total", .counter, "Processor time used, in the kernel and out of it, in seconds.",
                statistics.map(\.processorSeconds)
            ),
            ("process_resident_memory_bytes", .gauge, "Resident memory.", statistics.map(\.residentBytes)),
            ("process_virtual_memory_bytes", .gauge, "Virtual memory.", statistics.map(\.virtualBytes)),
            ("process_threads", .gauge, "Threads of the process.", statistics.map(\.threads)),
            ("process_open_fds", .gauge, "Open file descriptors.", Self.openDescriptors()),
            ("process_max_fds", .gauge, "The most file descriptors that may be open.", Self.descriptorLimit()),
            ("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.", startedAt),
        ]
        return candidates.compactMap { name, kind, help, value in
            value.map { MetricSample(name, kind, help, value: $0) }
        }
    }

    private struct Statistics {
        let processorSeconds: Double
        let threads: Double
        let startTicks: Double
        let virtualBytes: Double
        let residentBytes: Double
    }

    /// Reads `/proc/self/stat`; the fields are those of proc(5), counted from the one behind the program's name.
    private static func statistics() -> Statistics? {
        guard let text = read("/proc/self/stat"), let nameEnd = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: nameEnd)...].split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 21 else { return nil }
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return Statistics(
            processorSeconds: (fields[11] + fields[12]) / ticks, threads: fields[17], startTicks: fields[19] / ticks,
            virtualBytes: fields[20], residentBytes: fields[21] * Double(max(1, sysconf(Int32(_SC_PAGESIZE)))))
    }

    /// The start in seconds after the boot, and the boot's own time.
    private static func startTime() -> Double? {
        guard let statistics = statistics(), let text = read("/proc/stat") else { return nil }
        let boot = text.split(separator: "\n").first { $0.hasPrefix("btime ") }?.split(separator: " ").last
        return boot.flatMap { Double($0) }.map { $0 + statistics.startTicks }
    }

    private static func openDescriptors() -> Double? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) }
    }

    private static func descriptorLimit() -> Double? {
        var limit = rlimit()
        #if canImport(Glibc)
            guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        #else
            guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return nil }
        #endif
        return Double(limit.rlim_cur)
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
