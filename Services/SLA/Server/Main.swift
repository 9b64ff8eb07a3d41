import Hosting
import SLAService

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `accord-sla`: the SLA service as a process of its own. `--help` lists its settings.
@main
struct Main {
    static func main() async {
        exit(await ServiceProcess(SLAService.self).run().rawValue)
    }
}
