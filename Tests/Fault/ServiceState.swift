import AccordTesting
import Foundation
import Hosting
import Kernel
import NIOCore
import RPC
import Testing

/// What a service says of itself and of what it has stored, to see that something changed nothing.
struct ServiceState: Equatable {
    let answers: [String]

    /// - Parameter moment: at which scores are asked for, since they fade.
    static func read(_ service: ServiceName, port: Int, at moment: Instant) async throws -> ServiceState {
        let questions =
            switch service {
            case .icp: [("icp.v1.IcpService/ListAgreements", "{}")]
            case .scoring:
                [
                    ("scoring.v1.ScoringService/ListLeads", "{\"asOf\":\"\(moment.text)\"}"),
                    ("scoring.v1.ScoringService/ExplainScore", "{\"leadId\":\"lead-1\",\"asOf\":\"\(moment.text)\"}"),
                ]
            case .routing:
                ["ListReps", "ListPools", "ListHandoffs"].map { ("routing.v1.RoutingService/\($0)", "{}") }
            case .sla: [("sla.v1.SlaService/ListTimers", "{}")]
            case .metrics:
                [
                    ("metrics.v1.MetricsService/GetFunnel", "{\"splitBy\":\"source\"}"),
                    ("metrics.v1.MetricsService/GetPipeline", "{}"),
                    ("metrics.v1.MetricsService/GetAttribution", "{}"),
                    ("metrics.v1.MetricsService/GetServiceLevels", "{}"),
                    ("metrics.v1.MetricsService/GetJourney", "{\"leadId\":\"lead-1\"}"),
                ]
            }
        var answers: [String] = []
        for (path, body) in questions + [
            ("event.v1.EventService/TailEvents", "{}"), ("event.v1.EventService/ListParked", "{}"),
        ] {
            let request = rawRequest(
                "POST", "/accord.\(path)", [("content-type", "application/json")], body: ByteBuffer(string: body))
            let answer = try #require(try await exchange(port, request), "\(path): no answer")
            try #require(answer.status == 200, "\(path): \(answer.text)")
            // A clock that runs shows another time at each look.
            answers.append(answer.text.replacing(#/"elapsedSeconds":[0-9.e-]+/#, with: ""))
        }
        return ServiceState(answers: answers)
    }
}

/// What answers must not tell: how the program is made, where it stands, what it asks of its database.
enum Leak {
    private static let marks = [
        "Swift", "swift", "Error(", "Optional(", "Wire", "GRDB", "NIO", "/work", "/tmp", "/home", "/usr", "sqlite",
        "SQL", "SELECT ", "INSERT ", "constraint", "fatal", "nil",
    ]

    /// The marks in an error or in the failures of items; binary details aside.
    static func found(in text: String) -> [String] {
        let readable = text.replacing(#/"value":"[A-Za-z0-9+\/=]*"/#, with: "")
        return marks.filter { readable.contains($0) }
    }
}

/// The memory that a process has in use.
enum ResidentMemory {
    static func mebibytes(of process: Int32) throws -> Int {
        let fields = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
        return ((Int(fields[1]) ?? 0) * 4_096) >> 20
    }
}
