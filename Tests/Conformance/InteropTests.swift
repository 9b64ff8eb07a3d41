import Contracts
import Foundation
import SwiftProtobuf
import Synchronization
import Testing

@testable import RPC

/// Clients that others wrote call our server: runs `interop/interop.py` where `ACCORD_INTEROP_PYTHON` names a Python
/// that has the packages of `interop/requirements.txt`. `make test-interop` runs the same script against the services.
@Suite struct InteropTests {
    private static let python = ProcessInfo.processInfo.environment["ACCORD_INTEROP_PYTHON"]

    @Test(.enabled(if: python != nil))
    func `connectrpc, buf curl and curl get right answers`() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "interop")
        try await withServer(routes: InteropService().routes) { port in
            let process = Process()
            process.executableURL = URL(filePath: Self.python ?? "")
            let url = "http://127.0.0.1:\(port)"
            let script = folder.appending(path: "interop.py").path
            process.arguments = [script, "--sla", url, "--icp", url, "--agreement", script]
            let status = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            #expect(status == 0)
        }
    }
}

/// As much of the services as the script asks for.
private struct InteropService: Sendable {
    private final class Versions: Sendable {
        let last = Mutex<Int64>(0)
    }

    private let versions = Versions()

    var routes: [RPCRoute] {
        [
            // The script's question ends on the day it starts, so that no calendar is needed.
            RPCRoute(WireSlaServiceMethods.previewDeadline) { request, _ in
                guard request.questions.allSatisfy({ $0.duration == "4h" }) else {
                    throw RPCError.invalid("questions[0].duration", found: "soon", expected: "a duration such as 4h")
                }
                return .with {
                    $0.deadlines = request.questions.map { question in
                        .with { $0.seconds = question.start.seconds + 4 * 3600 }
                    }
                }
            },
            RPCRoute(WireIcpServiceMethods.getAgreement) { request, _ in
                throw RPCError(.notFound, "version \(request.version) is not known")
            },
            RPCRoute(WireIcpServiceMethods.proposeAgreement) { _, _ in
                let version = versions.last.withLock { last in
                    last += 1
                    return last
                }
                return .with { $0.version.version = version }
            },
            RPCRoute(WireIcpServiceMethods.listAgreements) { _, _ in
                let version = versions.last.withLock { $0 }
                return .with { $0.versions = [.with { $0.version = version }] }
            },
        ]
    }
}
