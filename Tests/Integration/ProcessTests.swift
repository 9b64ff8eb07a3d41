import AccordTesting
import Foundation
import Hosting
import Testing

/// The promises of each service's executable.
@Suite(.serialized) struct ProcessTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func get(_ url: String, token: String? = nil) async throws -> (status: Int, body: String) {
        try await PlainHTTP.get(url, token: token)
    }

    @Test(arguments: ServiceName.allCases)
    func aServiceStartsIsReadyAndEndsWhenTold(name: ServiceName) async throws {
        let service = try await RunningService(name, data: folder.path("data"))
        #expect(try await get(service.address + "/healthz") == (200, "alive\n"))
        let (status, body) = try await get(service.address + "/readyz")
        let readiness = try JSONDecoder().decode(Readiness.self, from: Data(body.utf8))
        #expect(status == 200)
        #expect(readiness.service == name.rawValue)
        #expect(readiness.version == AccordVersion.text)
        #expect(readiness.ready && readiness.reasons.isEmpty)
        #expect(await service.executable.terminate() == ExitCode.done.rawValue)
        #expect(service.executable.standardOutput == "listening on \(service.address)\n")
    }

    @Test func metricsAreWhatPromtoolAccepts() async throws {
        let service = try await RunningService(.sla, data: folder.path("data"))
        let (status, text) = try await get(service.address + "/metrics")
        #expect(status == 200)
        #expect(text.contains("# TYPE process_resident_memory_bytes gauge\n"))
        #expect(text.contains("# TYPE rpc_requests_in_flight gauge\n"))
        #expect(text.contains("# TYPE accord_store_commit_duration_seconds histogram\n"))
        #expect(text.contains("accord_store_file_bytes{service=\"sla\"} "))
        let withoutHelp = text.firstMatch(of: #/# HELP \w+ The (counter|gauge|histogram) /#)
        #expect(withoutHelp == nil, "\(withoutHelp?.output.0 ?? "")")
        if Promtool.isThere {
            let (verdict, output) = try Promtool.check(text)
            #expect(verdict == 0, "\(output)")
        }
        await service.executable.terminate()
    }

    @Test func aSecondProcessOnTheSameStoreIsRefused() async throws {
        let first = try await RunningService(.sla, data: folder.path("data"))
        let second = try RunningExecutable("accord-sla", ["--data", folder.path("data"), "--port", "0"])
        #expect(await second.ended() == ExitCode.store.rawValue)
        #expect(second.standardError.contains("is in use by process \(first.executable.pid)"))
        #expect(try await get(first.address + "/readyz").status == 200)
        await first.executable.terminate()
    }

    @Test func aPortThatIsTakenIsTold() async throws {
        let first = try await RunningService(.sla, data: folder.path("one"))
        let second = try RunningExecutable("accord-sla", ["--data", folder.path("two"), "--port", "\(first.port)"])
        #expect(await second.ended() == ExitCode.address.rawValue)
        #expect(second.standardError.contains("cannot listen on 127.0.0.1:\(first.port): Address already in use"))
        await first.executable.terminate()
    }

    @Test func anAddressThatOthersReachNeedsAToken() async throws {
        let refused = try RunningExecutable(
            "accord-sla", ["--data", folder.path("data"), "--port", "0", "--host", "0.0.0.0"])
        #expect(await refused.ended() == ExitCode.unsafe.rawValue)
        #expect(refused.standardError.contains("ACCORD_TOKEN"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("data")))
    }

    @Test func callersBringTheTokenButHealthIsOpen() async throws {
        let service = try await RunningService(
            .sla, data: folder.path("data"), arguments: ["--host", "0.0.0.0"], environment: ["ACCORD_TOKEN": "s3cret"])
        let address = "http://127.0.0.1:\(service.port)"
        #expect(try await get(address + "/healthz").status == 200)
        #expect(try await get(address + "/readyz").status == 200)
        #expect(try await get(address + "/metrics").status == 401)
        #expect(try await get(address + "/metrics", token: "s3cret").status == 200)
        let path = "/accord.event.v1.EventService/ListParked?connect=v1&encoding=json&message=%7B%7D"
        let refused = try await get(address + path)
        #expect(refused.status == 401)
        #expect(refused.body.contains("\"unauthenticated\""))
        #expect(try await get(address + path, token: "wrong").status == 401)
        #expect(try await get(address + path, token: "s3cret").status == 200)
        #expect(await service.executable.terminate() == 0)
        #expect(!service.executable.standardError.contains("s3cret"))
    }

    @Test func whatIsStoredSurvivesAKill() async throws {
        let first = try await RunningService(.sla, data: folder.path("data"))
        #expect(await first.executable.killNow() == 128 + 9)
        let second = try await RunningService(.sla, data: folder.path("data"), port: first.port)
        #expect(second.port == first.port)
        #expect(try await get(second.address + "/readyz").status == 200)
        #expect(await second.executable.terminate() == 0)
    }

    @Test func aWrongConfigurationEndsWithEveryFault() async throws {
        let process = try RunningExecutable(
            "accord-sla", ["--prot", "1", "--port", "x"], environment: ["ACCORD_DRAIN_TIMEOUT": "soon"])
        #expect(await process.ended() == ExitCode.usage.rawValue)
        for fault in ["--prot: unknown argument", "--port: found `x`", "ACCORD_DRAIN_TIMEOUT: found `soon`"] {
            #expect(process.standardError.contains(fault))
        }
        #expect(process.standardOutput == "")
    }

    @Test func theConfigurationIsPrintedWithoutItsSecrets() async throws {
        let process = try RunningExecutable(
            "accord-routing", ["--print-config", "--port", "9"], environment: ["ACCORD_TOKEN": "s3cret"])
        #expect(await process.ended() == 0)
        #expect(process.standardOutput.contains("port: 9  # argument --port\n"))
        #expect(process.standardOutput.contains("token: <hidden>  # environment ACCORD_TOKEN\n"))
        #expect(!process.standardOutput.contains("s3cret"))
    }

    @Test func helpListsTheSettingsAndTheExitCodes() async throws {
        let process = try RunningExecutable("accord-metrics", ["--help"])
        #expect(await process.ended() == 0)
        #expect(process.standardOutput.contains("--drain-timeout  (ACCORD_DRAIN_TIMEOUT)"))
        #expect(process.standardOutput.contains("Default: 7105."))
        #expect(process.standardOutput.contains("Exit codes:"))
    }
}
