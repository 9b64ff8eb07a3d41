import AsyncHTTPClient
import Contracts
import Foundation
public import Hosting
public import Kernel
import NIOCore
import NIOHTTP1
import RPC
import SwiftProtobuf

/// One check of `accord doctor`.
public struct Finding: Sendable, Codable {
    public var service: String
    public var check: String
    public var passed: Bool
    public var evidence: String
}

/// Looks at every service from outside.
public struct Checkup: Sendable {
    /// A clock that is further off than this is a fault.
    public static let clockTolerance = TimeSpan(seconds: 5)

    private let addresses: [ServiceName: String]

    public init(addresses: [ServiceName: String]) {
        self.addresses = addresses
    }

    public func findings(_ clients: SuiteClients) async throws -> [Finding] {
        var findings: [Finding] = []
        for name in ServiceName.allCases {
            findings += await readiness(of: name)
            findings.append(await outbox(of: name, clients))
        }
        findings.append(await agreement(clients))
        findings.append(await rescore(clients))
        return findings
    }

    private func readiness(of name: ServiceName) async -> [Finding] {
        let address = addresses[name] ?? ""
        func finding(_ check: String, _ passed: Bool, _ evidence: String) -> Finding {
            Finding(service: name.rawValue, check: check, passed: passed, evidence: evidence)
        }
        do {
            var request = HTTPClientRequest(url: "\(address)/readyz")
            request.method = .GET
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
            let body = try await response.body.collect(upTo: 65_536)
            let text = String(buffer: body)
            var findings = [
                finding("reachable", true, address),
                finding("ready", response.status == .ok, response.status == .ok ? "ready" : text),
            ]
            if let status = try? JSONDecoder().decode(ReadinessText.self, from: Data(text.utf8)),
                let time = Instant(text: status.time)
            {
                let skew = abs(time.seconds(since: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))))
                findings.append(
                    finding(
                        "clock", skew <= Self.clockTolerance.inSeconds, "\(status.time), off by \(Int(skew)) s"))
                findings.append(
                    finding(
                        "version", status.version == AccordVersion.text,
                        status.version == AccordVersion.text
                            ? status.version : "\(status.version), and this program is \(AccordVersion.text)"))
            }
            return findings
        } catch {
            return [finding("reachable", false, "\(address): no answer")]
        }
    }

    private struct ReadinessText: Decodable {
        var time: String
        var version: String
    }

    private func outbox(of name: ServiceName, _ clients: SuiteClients) async -> Finding {
        do {
            let parked = try await clients.events(of: name).listParked(.init()).parked.count
            return Finding(
                service: name.rawValue, check: "outbox", passed: parked == 0,
                evidence: parked == 0 ? "nothing parked" : "\(parked) parked; see accord events parked \(name.rawValue)"
            )
        } catch {
            return Finding(service: name.rawValue, check: "outbox", passed: false, evidence: Self.text(error))
        }
    }

    private func agreement(_ clients: SuiteClients) async -> Finding {
        do {
            let version = try await clients.icp.getAgreement(.init()).version
            return Finding(
                service: "icp", check: "agreement", passed: true,
                evidence:
                    "version \(version.version), signed by \(version.signatures.map(\.signer).joined(separator: ", "))")
        } catch {
            return Finding(service: "icp", check: "agreement", passed: false, evidence: Self.text(error))
        }
    }

    /// Leads that a new agreement has not reached yet are no fault; that they are not is worth knowing.
    private func rescore(_ clients: SuiteClients) async -> Finding {
        do {
            let answer = try await clients.scoring.listRescores(.with { $0.page.pageSize = 1 })
            return Finding(service: "scoring", check: "rescore", passed: true, evidence: answer.rescoreStatus)
        } catch {
            return Finding(service: "scoring", check: "rescore", passed: false, evidence: Self.text(error))
        }
    }

    private static func text(_ error: any Error) -> String {
        (error as? RPCError).map { "\($0.code.rawValue): \($0.message)" } ?? "\(error)"
    }
}
