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
    /// An event that has waited longer for a subscriber is a fault.
    public static let outboxTolerance = TimeSpan.minutes(5)

    private let addresses: [ServiceName: String]
    private let token: String?

    /// - Parameter token: brought to the services, where they ask for one.
    public init(addresses: [ServiceName: String], token: String?) {
        self.addresses = addresses
        self.token = token
    }

    public func findings(_ clients: SuiteClients) async throws -> [Finding] {
        var findings: [Finding] = []
        for name in ServiceName.allCases {
            findings += await readiness(of: name)
            findings.append(await outbox(of: name, clients))
        }
        findings.append(await agreement(clients))
        findings.append(await reviews(clients))
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
            let age = try await outboxAge(of: name)
            return Finding(
                service: name.rawValue, check: "outbox",
                passed: parked == 0 && age <= Self.outboxTolerance.inSeconds,
                evidence: (parked == 0
                    ? "nothing parked" : "\(parked) parked; see accord events parked \(name.rawValue)")
                    + (age > 0 ? "; the oldest event has waited for \(Int(age)) s" : "")
            )
        } catch {
            return Finding(service: name.rawValue, check: "outbox", passed: false, evidence: Self.text(error))
        }
    }

    /// For how long the event has waited that some subscriber has lacked longest, in seconds.
    private func outboxAge(of name: ServiceName) async throws -> Double {
        var request = HTTPClientRequest(url: "\(addresses[name] ?? "")/metrics")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        let text = String(buffer: try await response.body.collect(upTo: 16 << 20))
        // The services of one process share an exposition.
        return text.split(separator: "\n").filter {
            $0.hasPrefix("accord_outbox_age_seconds{") && $0.contains("service=\"\(name.rawValue)\"")
        }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.max() ?? 0
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

    /// That a review is overdue is a matter of those who agreed; the services do what they should.
    private func reviews(_ clients: SuiteClients) async -> Finding {
        do {
            var open: [String] = []
            for (status, word) in [(WireReviewStatus.overdue, "overdue"), (.due, "due")] {
                let reviews = try await clients.icp.listReviews(.with { $0.status = status }).reviews
                if !reviews.isEmpty { open.append("\(word): \(reviews.map(\.section).joined(separator: ", "))") }
            }
            return Finding(
                service: "icp", check: "reviews", passed: true,
                evidence: open.isEmpty ? "none is due" : open.joined(separator: "; "))
        } catch {
            return Finding(service: "icp", check: "reviews", passed: false, evidence: Self.text(error))
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
