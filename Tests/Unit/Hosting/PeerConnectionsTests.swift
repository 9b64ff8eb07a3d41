import AccordTesting
import Contracts
import Hosting
import RPC
import SwiftProtobuf
import Testing

/// What callers are told where a service cannot ask another one.
@Suite struct PeerConnectionsTests {
    /// As a service passes them on, and as who asks directly is told.
    private func errors(from url: String) async throws -> (passedOn: RPCError?, direct: RPCError?) {
        let connections = PeerConnections(urls: [.icp: url], token: nil)
        var errors: [RPCError?] = []
        for peers in [connections.peers, connections.direct] {
            errors.append(
                await #expect(throws: RPCError.self) {
                    try await WireIcpServiceClient(peers[.icp]).getAgreement(.init())
                })
        }
        await connections.close()
        return (errors[0], errors[1])
    }

    @Test(arguments: [(401, RPCCode.unauthenticated), (403, .permissionDenied)])
    func `that a service is not let in by another is no fault of its callers`(status: Int, code: RPCCode) async throws {
        let (passedOn, direct) = try await ScriptedServer.run({ _, _ in .answer(rawAnswer(status)) }) { _, url in
            try await errors(from: url)
        }
        #expect(passedOn?.code == .unavailable)
        #expect(passedOn?.message == "the icp service does not let this service in")
        #expect(passedOn?.cause is RPCError)
        #expect(direct?.code == code)
    }

    @Test func `callers learn which service cannot be reached, operators at which address, nobody how it is made`()
        async throws
    {
        let (passedOn, direct) = try await errors(from: "http://127.0.0.1:1")
        #expect(passedOn?.code == .unavailable && direct?.code == .unavailable)
        #expect(passedOn?.message == "the icp service cannot be reached")
        #expect(direct?.message == "the icp service cannot be reached at http://127.0.0.1:1")
        #expect(passedOn?.cause != nil)
    }

    @Test func `what another service refuses is told as it told it`() async throws {
        let (passedOn, direct) = try await ScriptedServer.run({ _, _ in .answer(rawAnswer(503)) }) { _, url in
            try await errors(from: url)
        }
        #expect(passedOn?.message == "HTTP status 503" && direct?.message == "HTTP status 503")
    }
}
