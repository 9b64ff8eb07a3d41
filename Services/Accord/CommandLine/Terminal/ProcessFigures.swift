import Platform

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this process has used so far.
enum ProcessFigures {
    /// User and system time of all threads.
    static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// 0 where the system does not tell.
    static var residentMebibytes: Int {
        let bytes = ProcessMetrics().samples().first { $0.name == "process_resident_memory_bytes" }?.value ?? 0
        return Int(bytes) >> 20
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
