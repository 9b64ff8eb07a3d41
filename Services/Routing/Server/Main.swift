import Hosting
import RoutingService

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `accord-routing`: the Routing service as a process of its own. `--help` lists its settings.
@main
struct Main {
    static func main() async {
        exit(await ServiceProcess(RoutingService.self).run().rawValue)
    }
}
