import Hosting
import MetricsService

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `accord-metrics`: the Metrics service as a process of its own. `--help` lists its settings.
@main
struct Main {
    static func main() async {
        exit(await ServiceProcess(MetricsService.self).run().rawValue)
    }
}
