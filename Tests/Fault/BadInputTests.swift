import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import NIOCore
import Platform
import RPC
import SwiftProtobuf
import Testing

@testable import RPC

extension Faults {
    /// What no one should send, to real processes: a clear error, nothing changed, the process lives.
    @Suite struct BadInputTests {
        private let folder: TemporaryFolder
        private let seed = TestSeed.value(default: 20_261_123)

        init() throws {
            folder = try TemporaryFolder()
        }

        /// Five services with three leads, of which two are handed over.
        private func furnished(_ arguments: [String] = []) async throws -> Fleet {
            let fleet = try await Fleet.start(folder.url.path, arguments: arguments)
            try await withClients(fleet.addresses) { clients in
                try await FleetAgreement.establish(clients)
                _ = try await clients.scoring.upsertLeads(FleetAgreement.batch(1...3))
                for id in ["lead-1", "lead-2"] {
                    let kinds = try await eventually {
                        try await journey(of: id, clients)
                    } until: {
                        $0.isSuperset(of: ["score", "handoff", "timer"])
                    }
                    try #require(kinds.contains("timer"))
                }
            }
            let moment = SystemClock().now().adding(.hours(1))
            var last: [ServiceState] = []
            let isQuiet = try await eventually {
                var states: [ServiceState] = []
                for service in ServiceName.allCases {
                    states.append(try await ServiceState.read(service, port: fleet.port(of: service), at: moment))
                }
                defer { last = states }
                return states == last
            } until: {
                $0
            }
            try #require(isQuiet)
            return fleet
        }

        /// The kinds of its steps; none as long as Metrics has not heard of the lead.
        private func journey(of id: String, _ clients: SuiteClients) async throws -> Set<String> {
            do {
                return Set(try await clients.metrics.getJourney(.with { $0.leadID = id }).steps.map(\.kind))
            } catch let error as RPCError where error.code == .notFound {
                return []
            }
        }

        @Test func whatCannotBeReadOrMeantIsRefusedAndChangesNothing() async throws {
            print("bad input: ACCORD_SEED=\(seed)")
            let fleet = try await furnished()
            let moment = SystemClock().now().adding(.hours(1))
            for service in ServiceName.allCases {
                let port = fleet.port(of: service)
                let before = try await ServiceState.read(service, port: port, at: moment)
                let unreadable = BatchMethod.of(service).flatMap {
                    $0.unreadable(seed: seed) + $0.binaryNoise(seed: seed)
                }
                for bad in try unreadable + BadMeaning.of(service) + BadEvents.all() {
                    try await expectHarmless(bad, of: service, port: port)
                    let after = try await ServiceState.read(service, port: port, at: moment)
                    #expect(after == before, "\(service) changed by \(bad.name)")
                }
                #expect(try await PlainHTTP.get("http://127.0.0.1:\(port)/readyz").status == 200)
            }
            #expect(await fleet.stop() == [0, 0, 0, 0, 0])
        }

        private func expectHarmless(_ bad: BadRequest, of service: ServiceName, port: Int) async throws {
            let context = "\(service) \(bad.path.split(separator: "/").last ?? ""): \(bad.name)"
            let start = ContinuousClock.now
            let answer = try #require(
                try await exchange(port, rawRequest("POST", bad.path, bad.headers, body: bad.body)),
                "\(context): no answer"
            )
            #expect(start.duration(to: .now) < .seconds(10), "\(context)")
            let text = answer.text
            switch bad.answer {
            case .refused(let code):
                #expect(
                    answer.status == code.httpStatus && text.contains("\"code\":\"\(code.rawValue)\""),
                    "\(context): \(text.prefix(500))")
                #expect(text.contains("\"message\":\""), "\(context)")
            case .itemsFail:
                #expect(answer.status == 200 && Self.hasFailedItem(answer), "\(context): \(text.prefix(500))")
            case .harmless:
                #expect(answer.status == 200 || (400..<500).contains(answer.status), "\(context): \(text.prefix(500))")
            }
            #expect(Leak.found(in: text).isEmpty, "\(context): \(text.prefix(500))")
        }

        /// In JSON by its name; in the binary form by reading the item results, which stand in the same fields everywhere.
        private static func hasFailedItem(_ answer: RawMessage) -> Bool {
            if answer.text.contains("\"ITEM_STATUS_FAILED\"") { return true }
            let read = try? WireUpsertLeadsResponse(serializedBytes: Array(answer.body.readableBytesView))
            return read.map { ($0.results + $0.engagementResults).contains { $0.status == .failed } } ?? false
        }

        @Test func fieldsThatAreNotKnownAreIgnoredUnlessTheyAreToBeRefused() async throws {
            let body = ByteBuffer(string: "{\"events\":[],\"surprise\":{\"a\":[1,2]}}")
            let request = rawRequest(
                "POST", BatchMethod.publish.path, [("content-type", "application/json")], body: body)
            let lenient = try await RunningService(.sla, data: folder.path("lenient"))
            #expect(try await exchange(lenient.port, request)?.status == 200)
            let strict = try await RunningService(
                .sla, data: folder.path("strict"), arguments: ["--refuse-unknown-fields"])
            let answer = try await exchange(strict.port, request)
            #expect(answer?.status == 400)
            #expect(answer?.text.contains("surprise") == true)
            #expect(await lenient.executable.terminate() == 0)
            #expect(await strict.executable.terminate() == 0)
        }

        @Test func compressionIsNoWayAroundTheLimits() async throws {
            let fleet = try await furnished()
            let bomb = try Gzip.compress(ByteBuffer(repeating: 32, count: 128 << 20))
            let whole = try Gzip.compress(ByteBuffer(string: "{\"events\":[]}"))
            let moment = SystemClock().now().adding(.hours(1))
            let headers = [("content-type", "application/json"), ("content-encoding", "gzip")]
            for service in ServiceName.allCases {
                let (port, process) = (fleet.port(of: service), await fleet.process(of: service))
                let before = try await ServiceState.read(service, port: port, at: moment)
                let memory = try ResidentMemory.mebibytes(of: process)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            let request = rawRequest("POST", BatchMethod.publish.path, headers, body: bomb)
                            let answer = try await exchange(port, request)
                            #expect(answer?.status == 429 && answer?.text.contains("resource_exhausted") == true)
                        }
                    }
                    try await group.waitForAll()
                }
                let grown = try ResidentMemory.mebibytes(of: process) - memory
                #expect(grown < 64, "\(service) took \(grown) MiB for bombs of 128 MiB")
                for length in [0, 1, 10, whole.readableBytes - 9, whole.readableBytes - 1] {
                    let part = whole.getSlice(at: whole.readerIndex, length: length) ?? ByteBuffer()
                    let answer = try await exchange(
                        port, rawRequest("POST", BatchMethod.publish.path, headers, body: part))
                    #expect(answer?.status == 400, "\(service): \(length) bytes of gzip")
                    #expect(answer?.text.contains("\"invalid_argument\"") == true)
                }
                #expect(try await ServiceState.read(service, port: port, at: moment) == before)
            }
            #expect(await fleet.stop() == [0, 0, 0, 0, 0])
        }

        @Test func sendersWhoAreSlowOrLeaveChangeNothing() async throws {
            let fleet = try await furnished(["--body-timeout", "1s"])
            let moment = SystemClock().now().adding(.hours(1))
            let body = ByteBuffer(string: "{\"leads\":[{\"leadId\":\"late\"}],\"accounts\":[{\"accountId\":\"late\"}]")
            for service in ServiceName.allCases {
                let port = fleet.port(of: service)
                let before = try await ServiceState.read(service, port: port, at: moment)
                let path = try #require(BatchMethod.of(service).first?.path)
                let begun = rawRequest(
                    "POST", path, [("content-type", "application/json")], body: body, length: body.readableBytes + 1)
                for _ in 0..<20 { try await withConnection(port) { try await $0.send(begun) } }
                try await withConnection(port) { connection in
                    try await connection.send(begun)
                    #expect(try await PlainHTTP.get("http://127.0.0.1:\(port)/readyz").status == 200)
                    let answer = try await connection.answer()
                    #expect(answer?.status == 408, "\(service)")
                    #expect(answer?.text.contains("\"deadline_exceeded\"") == true)
                    try await connection.end()
                }
                #expect(try await ServiceState.read(service, port: port, at: moment) == before)
            }
            #expect(await fleet.stop() == [0, 0, 0, 0, 0])
        }
    }
}
