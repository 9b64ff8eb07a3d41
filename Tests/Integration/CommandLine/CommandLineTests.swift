import AccordTesting
import Contracts
import Foundation
import Hosting
import SwiftProtobuf
import Testing

/// The promises of `accord` where no service runs.
@Suite struct CommandLineTests {
    static let commands = [
        ["up"], ["demo"], ["doctor"], ["import"], ["replay"], ["explain"], ["journey"],
        ["agreement", "init"], ["agreement", "schema"],
        ["agreement", "lint"], ["agreement", "propose"], ["agreement", "sign"], ["agreement", "show"],
        ["agreement", "diff"], ["agreement", "impact"], ["agreement", "draft"], ["agreement", "reject"],
        ["agreement", "withdraw"], ["agreement", "history"], ["agreement", "reviews"], ["agreement", "review"],
        ["agreement", "list"], ["report", "funnel"], ["report", "pipeline"], ["report", "attribution"],
        ["report", "service-levels"], ["events", "parked"], ["events", "retry"], ["events", "drop"],
        ["events", "tail"], ["icp", "discover"], ["scoring", "calibrate"],
        ["scoring", "drift"], ["scoring", "backtest"], ["scoring", "rescore"], ["leads", "list"], ["leads", "show"],
        ["leads", "uncounted"],
    ]

    @Test(arguments: commands)
    func everyCommandHasHelpWithAnExampleThatItUnderstands(command: [String]) async throws {
        let help = try await AccordRun(command + ["--help"])
        #expect(help.code == 0 && help.errors == "")
        #expect(help.output.contains("Example: accord \(command.joined(separator: " "))"))
        if command != ["agreement", "schema"] { #expect(help.output.contains("--json")) }
    }

    @Test func helpListsEveryCommandAndTheExitCodes() async throws {
        for arguments in [["--help"], []] {
            let help = try await AccordRun(arguments)
            #expect(help.code == 0)
            for command in Set(Self.commands.map { $0[0] }) { #expect(help.output.contains("\n  \(command) ")) }
            #expect(help.output.contains("Exit codes: 0 success"))
        }
        #expect(try await AccordRun(["--version"]).output == "accord \(AccordVersion.text)\n")
    }

    @Test(arguments: [
        ["fly"], ["up", "--dta", "x"], ["up"], ["demo", "--leads", "0"], ["demo", "--leads", "many"],
        ["agreement", "diff"], ["agreement", "diff", "1", "2", "3"], ["agreement", "impact", "1", "--timeout", "soon"],
        ["agreement", "reject", "1", "--side", "sales", "--by", "x"], ["agreement", "withdraw", "1"],
        ["agreement", "reviews", "--status", "late"],
        ["agreement", "review", "scoring", "--outcome", "fine", "--by", "x", "--marketing", "a", "--sales", "b"],
        ["agreement", "sign", "1", "--side", "finance", "--signer", "x"], ["report", "funnel", "--period", "soon"],
        ["import", "people", "x.csv", "--mapping", "x.yaml"], ["import", "leads", "x.csv"], ["replay"],
        ["replay", "--generated", "0"], ["replay", "--generated", "5", "--report", "tale"],
        ["events", "drop", "scoring"],
        ["events", "tail", "billing"], ["explain", "l-1", "--as-of", "today"], ["doctor", "--url", "scoring"],
        ["doctor", "--port-base", "65531"], ["up", "--data", "x", "--port-base", "65531"],
        ["demo", "--exit", "--port-base", "-5"],
        ["icp", "discover", "--yaml", "--json"], ["icp", "discover", "--period", "soon"],
        ["scoring", "calibrate", "--yaml", "--json"], ["scoring", "calibrate", "--leads", "few"],
        ["scoring", "drift", "--current", "lately"], ["scoring", "rescore", "--wait", "--timeout", "soon"],
    ])
    func wrongUsageIsToldOnStandardErrorAndEndsWith64(arguments: [String]) async throws {
        let run = try await AccordRun(arguments)
        #expect(run.code == 64, "\(run.errors)")
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("Error: "))
    }

    @Test func lintTellsEveryFaultWithItsLine() async throws {
        let folder = try TemporaryFolder()
        let good = try folder.file("good.yaml", Samples.agreement)
        let clean = try await AccordRun(["agreement", "lint", good])
        #expect(clean.code == 0 && clean.errors == "")
        #expect(clean.output == "\(good): no fault\n")

        let faulty = Samples.agreement.replacingOccurrences(of: "points: 60", with: "points: many")
            .replacingOccurrences(of: "op: in,", with: "op: within,")
        let bad = try folder.file("bad.yaml", faulty)
        let run = try await AccordRun(["agreement", "lint", bad])
        #expect(run.code == 65 && run.output == "")
        let lines = run.errors.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("\(bad):4:") && $0.contains("found many") }, "\(run.errors)")
        #expect(lines.contains { $0.hasPrefix("\(bad):5:") && $0.contains("within") }, "\(run.errors)")

        let json = try await AccordRun(["agreement", "lint", bad, "--json"])
        #expect(json.code == 65 && json.errors == "")
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true
        let violations = try WireBadRequest(jsonString: json.output, options: options).violations
        #expect(violations.map(\.line) == [4, 5])
        #expect(violations.map(\.code) == ["type", "value"])
    }

    @Test func aFileThatIsNotThereIsBadInput() async throws {
        for arguments in [
            ["agreement", "lint", "/nowhere/a.yaml"], ["agreement", "propose", "/nowhere/a.yaml", "--by", "x"],
            ["import", "leads", "/nowhere/a.csv", "--mapping", "/nowhere/m.yaml"],
            ["replay", "/nowhere/p.yaml", "--data", "/nowhere"],
        ] {
            let run = try await AccordRun(arguments)
            #expect(run.code == 65 && run.output == "")
            #expect(run.errors.contains("/nowhere/"), "\(run.errors)")
        }
    }

    @Test func servicesThatAreAwayAreToldSo() async throws {
        let port = try FreePorts.take(1)[0]
        let run = try await AccordRun(["report", "funnel", "--url", "metrics=http://127.0.0.1:\(port)"])
        #expect(run.code == 69 && run.output == "")
        #expect(
            run.errors == "unavailable: the metrics service cannot be reached at http://127.0.0.1:\(port)\n",
            "\(run.errors)")
    }

    @Test func aReplayGivesTheSameBytesTwice() async throws {
        let arguments = ["replay", "--generated", "60", "--engagements", "3", "--seed", "5", "--json"]
        let first = try await AccordRun(arguments)
        #expect(first.code == 0, "\(first.errors)")
        #expect(try await AccordRun(arguments).output == first.output)
        let text = try await AccordRun(Array(arguments.dropLast()) + ["--split-by", "source", "--report", "funnel"])
        #expect(text.code == 0)
        #expect(text.output.contains("\ntotal ") && text.output.contains("\nwebinar "))
    }

    @Test func aReplayWithFaultyRowsNamesTheirLines() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("agreement.yaml", "name: Small\n")
        let plan = try folder.file(
            "plan.yaml",
            """
            agreement: agreement.yaml
            inputs:
              - kind: leads
                file: leads.csv
                columns: {lead_id: id, created_at: at}
            """)
        _ = try folder.file("leads.csv", "id,at\nl-1,2026-01-01\nl-2,never\n")
        let run = try await AccordRun(["replay", plan, "--data", folder.url.path])
        #expect(run.code == 65 && run.output == "")
        #expect(run.errors.contains("leads.csv:3: created_at: found never"), "\(run.errors)")
    }

    @Test func theDemoPrintsWhatItPlayed() async throws {
        let demo = try await AccordRun(["demo", "--leads", "100", "--exit", "--port-base", "0"])
        #expect(demo.code == 0, "\(demo.errors)")
        for heading in ["Funnel\n", "Service levels\n", "One lead's journey\n"] {
            let isThere = demo.output.contains("\n\(heading)")
            #expect(isThere, "\(heading)")
        }
        #expect(demo.output.hasPrefix("100 leads with "))
        let (hasTimers, hasCustomer) = (demo.output.contains("accept_"), demo.output.contains(": Customer"))
        #expect(hasTimers && hasCustomer)
        let again = try await AccordRun(["demo", "--leads", "100", "--exit", "--port-base", "0"])
        let isSame = again.output == demo.output
        #expect(isSame)
    }
}
