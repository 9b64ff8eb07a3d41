import AccordTesting
import Foundation
import Hosting
import Testing

/// What `accord` answered.
struct AccordRun {
    var code: Int32
    var output: String
    var errors: String

    /// Runs the real executable to its end.
    init(_ arguments: [String], environment: [String: String] = [:]) async throws {
        let executable = try RunningExecutable("accord", arguments, environment: environment)
        code = await executable.ended()
        output = executable.standardOutput
        errors = executable.standardError
    }
}

/// Services that `accord` is run against.
protocol AskedServices {
    var addresses: [ServiceName: String] { get }
}

extension HostedAccord: AskedServices {}
extension RunningSuite: AskedServices {}

extension AskedServices {
    /// `--url SERVICE=ADDRESS` for each service.
    var urls: [String] {
        addresses.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { ["--url", "\($0.key.rawValue)=\($0.value)"] }
    }

    func accord(_ arguments: String..., environment: [String: String] = [:]) async throws -> AccordRun {
        try await AccordRun(arguments + urls, environment: environment)
    }

    /// Brings the first agreement into force.
    func agree(on file: String, version: Int = 1) async throws {
        for arguments in [
            ["propose", file, "--by", "ops@example.com"],
            ["sign", "\(version)", "--side", "marketing", "--signer", "m@example.com"],
            ["sign", "\(version)", "--side", "sales", "--signer", "s@example.com"],
        ] {
            let run = try await AccordRun(["agreement"] + arguments + urls)
            #expect(run.code == 0, "\(run.errors)")
        }
    }

    /// Imports a file, with checkpoints kept in the folder instead of in that of whoever runs the tests.
    func importing(_ kind: String, _ csv: String, _ mapping: String, in folder: TemporaryFolder) async throws
        -> AccordRun
    {
        try await AccordRun(
            ["import", kind, folder.file("\(kind).csv", csv), "--mapping", folder.file("\(kind).yaml", mapping)] + urls,
            environment: folder.state)
    }
}

/// `accord up` on free ports.
final class HostedAccord: Sendable {
    let executable: RunningExecutable
    let addresses: [ServiceName: String]

    /// Starts it and waits until all five services listen.
    init(data: String, host: String? = nil, environment: [String: String] = [:]) async throws {
        let executable = try RunningExecutable(
            "accord",
            ["up", "--data", data, "--port-base", "0"] + (host.map { ["--host", $0] } ?? []),
            environment: environment)
        var addresses: [ServiceName: String] = [:]
        for name in ServiceName.allCases {
            addresses[name] = try await executable.line(after: "\(name.rawValue) listening on ")
        }
        self.executable = executable
        self.addresses = addresses
    }

}

/// Files that the tests hand to `accord`.
enum Samples {
    static let agreement = """
        name: Example
        scoring:
          fit:
            - {id: size, points: 60, when: {field: company.employees, op: gte, value: 200}}
            - {id: industry, points: 40, when: {field: company.industry, op: in, value: [software, logistics]}}
          engagement:
            - {id: pricing, event: pricing_page_viewed, points: 20, cap: 60, decay: exponential, half_life: 14d}
          qualification: {threshold: 25, minimum_fit: 40, hand_raisers: [demo_requested]}
        routing:
          fallback_pool: everyone
        sla:
          calendars:
            - {id: berlin, zone: Europe/Berlin, hours: [{days: [mon, tue, wed, thu, fri], intervals: ["09:00-17:00"]}]}
          timers:
            - {id: accept, duration: 4h, calendar: berlin, stops_on: [accepted, rejected], checkpoints: [50, 80]}
        """

    static let leadsMapping = """
        kind: leads
        columns:
          lead_id: id
          source: origin
          created_at: created
          company.name: company
          company.employees: size
        """

    /// Every second company is large.
    static func leads(_ count: Int) -> String {
        "id,origin,created,company,size\n"
            + (1...count).map { "l-\($0),webinar,2026-03-0\($0 % 9 + 1),Company \($0),\($0 % 2 == 0 ? 500 : 20)\n" }
            .joined()
    }

    static let inputs: [(kind: String, csv: String, mapping: String)] = [
        (
            "accounts", "id,name,domain\na-1,Fjord Freight,fjord.example\na-2,Nimbus,nimbus.example\n",
            "kind: accounts\ncolumns: {account_id: id, name: name, domains: domain}"
        ),
        ("leads", leads(4), leadsMapping),
        (
            "engagements", "id,lead,what,at\ne-1,l-2,pricing_page_viewed,2026-03-04T10:00:00Z\n",
            "kind: engagements\ncolumns: {engagement_id: id, lead_id: lead, kind: what, occurred_at: at}"
        ),
        (
            "touches", "id,lead,channel,at\nt-1,l-2,event,2026-03-02\nt-2,l-2,email,2026-03-03\n",
            "kind: touches\ncolumns: {touch_id: id, lead_id: lead, channel: channel, occurred_at: at}"
        ),
        (
            "opportunities", "id,lead,stage,value,opened,closed\no-1,l-2,won,1000.50,2026-04-01,2026-04-11\n",
            """
            kind: opportunities
            columns:
              opportunity_id: id
              lead_id: lead
              outcome: {column: stage, values: {won: won, lost: lost}}
              amount: {column: value, currency: EUR}
              opened_at: opened
              closed_at: closed
            """
        ),
    ]
}

extension TemporaryFolder {
    /// Keeps the checkpoints of imports here.
    var state: [String: String] { ["XDG_STATE_HOME": path("state")] }

    /// Writes a file.
    ///
    /// - Returns: its path.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
        return path(name)
    }
}
