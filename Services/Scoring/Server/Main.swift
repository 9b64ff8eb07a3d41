import Hosting
import ScoringService

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `accord-scoring`: the Scoring service as a process of its own. `--help` lists its settings.
@main
struct Main {
    static func main() async {
        exit(await ServiceProcess(ScoringService.self).run().rawValue)
    }
}
