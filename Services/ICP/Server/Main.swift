import Hosting
import ICPService

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `accord-icp`: the ICP service as a process of its own. `--help` lists its settings.
@main
struct Main {
    static func main() async {
        exit(await ServiceProcess(IcpService.self).run().rawValue)
    }
}
