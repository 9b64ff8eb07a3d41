import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import SwiftProtobuf
import Testing

/// The promises of `accord up`, and of the commands that talk to it.
@Suite(.serialized) struct HostedCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func up() async throws -> HostedAccord {
        try await HostedAccord(data: folder.path("data"))
    }

    /// With an agreement in force.
    private func upUnderAgreement() async throws -> HostedAccord {
        let suite = try await up()
        try await suite.agree(on: folder.file("agreement.yaml", Samples.agreement))
        return suite
    }

    @Test func anAgreementIsProposedSignedAndShown() async throws {
        let suite = try await up()
        let file = try folder.file("agreement.yaml", Samples.agreement)
        let before = try await suite.accord("agreement", "show")
        #expect(before.code == 65 && before.errors != "")

        let proposed = try await suite.accord("agreement", "propose", file, "--by", "ops@example.com")
        #expect(proposed.code == 0 && proposed.output.hasPrefix("proposed version 1, digest "), "\(proposed.errors)")
        let marketing = try await suite.accord(
            "agreement", "sign", "1", "--side", "marketing", "--signer", "m@example.com")
        #expect(marketing.output == "version 1 is partly signed\n")
        let same = try await suite.accord("agreement", "sign", "1", "--side", "sales", "--signer", "m@example.com")
        #expect(same.code != 0 && same.output == "" && same.errors != "")
        let sales = try await suite.accord("agreement", "sign", "1", "--side", "sales", "--signer", "s@example.com")
        #expect(sales.output == "version 1 is active\n", "\(sales.errors)")

        let shown = try await suite.accord("agreement", "show", "--json")
        #expect(try WireGetAgreementResponse(jsonString: shown.output).version.document == Samples.agreement)
        #expect(try await suite.accord("agreement", "show").output.contains("name: Example"))
        let list = try await suite.accord("agreement", "list")
        #expect(list.output.contains("version 1: active") && list.output.contains("m@example.com"))
        let missing = try await suite.accord("agreement", "show", "7")
        #expect(missing.code == 65 && missing.errors.hasPrefix("not_found: "), "\(missing.errors)")
        let faulty = try folder.file("faulty.yaml", "name: 3\nscoring: {fit: 5}\n")
        let refused = try await suite.accord("agreement", "propose", faulty, "--by", "ops@example.com")
        #expect(refused.code == 65 && refused.errors.contains("scoring.fit"), "\(refused.errors)")
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func whatIsImportedIsReported() async throws {
        let suite = try await upUnderAgreement()
        for input in Samples.inputs {
            let rows = input.csv.split(separator: "\n").count - 1
            let first = try await suite.importing(input.kind, input.csv, input.mapping, in: folder)
            #expect(first.code == 0, "\(input.kind): \(first.errors)")
            #expect(first.output.hasPrefix("\(rows) created, 0 updated, 0 unchanged"), "\(input.kind): \(first.output)")
            let second = try await suite.importing(input.kind, input.csv, input.mapping, in: folder)
            #expect(second.output.hasPrefix("0 created, 0 updated, \(rows) unchanged"), "\(second.output)")
        }

        let funnel = try await eventually { () -> WireGetFunnelResponse in
            let run = try await suite.accord("report", "funnel", "--split-by", "source", "--json")
            return try WireGetFunnelResponse(jsonString: run.output)
        } until: {
            $0.total.stages.first { $0.state == .mql }?.leads == 2
        }
        let counts = Dictionary(uniqueKeysWithValues: funnel.total.stages.map { ($0.state, $0.leads) })
        #expect(counts[.inquiry] == 4 && counts[.mql] == 2 && counts[.customer] == 1)
        #expect(try await suite.accord("report", "funnel", "--split-by", "source").output.contains("\nwebinar "))

        let pipeline = try await suite.accord("report", "pipeline", "--json")
        let total = try WireGetPipelineResponse(jsonString: pipeline.output).total
        #expect(total.won == 1 && total.wonValue.minorUnits == 100_050 && total.cycleDays == 10)
        #expect(try await suite.accord("report", "pipeline").output.contains("100.0 %"))

        let attribution = try await suite.accord("report", "attribution", "--model", "first", "--json")
        let credits = try WireGetAttributionResponse(jsonString: attribution.output).results.first?.credits
        #expect(credits?.map(\.value) == ["event"])
        #expect(credits?.first?.credit.minorUnits == 100_050)
        #expect(try await suite.accord("report", "attribution").output.contains("1000.50 EUR"))

        #expect(try await suite.accord("report", "service-levels").code == 0)
        let journey = try await suite.accord("journey", "l-2")
        #expect(journey.code == 0 && journey.output.contains("Inquiry from webinar"))
        #expect(journey.output.contains("Customer"))
        let explained = try await suite.accord("explain", "l-2", "--json")
        let score = try WireExplainScoreResponse(jsonString: explained.output)
        #expect(score.ledger.contains { $0.rule == "size" } && score.ledger.contains { $0.rule == "pricing" })
        #expect(score.history.last?.rules.contains { $0.rule == "pricing" } == true)
        #expect(try await suite.accord("explain", "l-2").output.hasPrefix("l-2: "))
        #expect(try await suite.accord("explain", "l-2", "--sentences").output.hasPrefix("l-2 scores "))
        let listed = try await suite.accord("leads", "list", "--state", "mql", "--json")
        #expect(try WireListLeadsResponse(jsonString: listed.output).leads.map(\.lead.leadID).contains("l-2"))
        #expect(try await suite.accord("leads", "list").output.contains("\nl-2 "))
        #expect(try await suite.accord("leads", "show", "l-2").output.hasPrefix("lead: l-2\n"))
        #expect(try await suite.accord("leads", "uncounted").output == "all engagement counts as agreed\n")
        let unknown = try await suite.accord("explain", "l-99")
        #expect(unknown.code == 65 && unknown.errors.hasPrefix("not_found: "))
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func aPersonIsErasedFromEveryServiceAndNoReportChanges() async throws {
        let suite = try await upUnderAgreement()
        for input in Samples.inputs {
            _ = try await suite.importing(input.kind, input.csv, input.mapping, in: folder)
        }
        let before = try await eventually {
            try await suite.accord("journey", "l-2")
        } until: {
            $0.output.contains("Customer")
        }
        #expect(before.code == 0)
        let funnel = try await suite.accord("report", "funnel").output

        let nobody = try await suite.accord("leads", "erase", "l-2")
        #expect(nobody.code == 64 && nobody.errors.contains("--by"), "\(nobody.errors)")
        let erased = try await suite.accord(
            "leads", "erase", "l-2", "--by", "rita@example.com", "--reason", "asked by mail")
        #expect(erased.code == 0 && erased.output.hasPrefix("erased at "), "\(erased)")
        #expect(erased.output.contains(": l-2\n"), "\(erased.output)")
        let shown = try await suite.accord("leads", "show", "l-2")
        #expect(shown.code == 65 && shown.output == "" && shown.errors != "", "\(shown)")
        let journey = try await eventually {
            try await suite.accord("journey", "l-2")
        } until: {
            $0.code != 0
        }
        #expect(journey.code == 65 && journey.errors.hasPrefix("not_found: "), "\(journey)")
        #expect(try await suite.accord("report", "funnel").output == funnel)
        #expect(try await suite.accord("leads", "show", "l-1").code == 0)
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func nothingIsSentOfAFaultyFile() async throws {
        let suite = try await upUnderAgreement()
        let csv = "id,origin,created,company,size\nl-1,webinar,2026-03-01,A,5\nl-2,webinar,late,B,some\nl-3,webinar\n"
        let run = try await suite.importing("leads", csv, Samples.leadsMapping, in: folder)
        #expect(run.code == 65 && run.output == "")
        #expect(run.errors.contains("leads.csv:4: row: found 2 columns"), "\(run.errors)")
        let width = csv.replacingOccurrences(of: "l-3,webinar\n", with: "")
        let values = try await suite.importing("leads", width, Samples.leadsMapping, in: folder)
        #expect(values.code == 65 && values.output == "")
        #expect(values.errors.contains("leads.csv:3: created_at: found late"), "\(values.errors)")
        #expect(values.errors.contains("leads.csv:3: company.employees: found some"))
        let other = try await suite.importing(
            "leads", Samples.leads(1), "kind: touches\ncolumns: {}", in: folder)
        #expect(other.code == 65)
        #expect(try await suite.accord("explain", "l-1").errors.hasPrefix("not_found: "))

        // A row that only the service can refuse is named by its line; the others are kept.
        let refused = try await suite.importing(
            "engagements", "id,lead,what,at\ne-1,l-404,page_view,2026-03-01\n", Samples.inputs[2].mapping, in: folder)
        #expect(refused.code == 65 && refused.errors.contains("engagements.csv:2: e-1: "), "\(refused.errors)")
        #expect(refused.output.contains("1 refused"))
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func anImportThatWasInterruptedGoesOn() async throws {
        let suite = try await upUnderAgreement()
        let count = 1_500
        let csv = try folder.file("leads.csv", Samples.leads(count))
        let mapping = try folder.file("leads.yaml", Samples.leadsMapping)
        let arguments = ["import", "leads", csv, "--mapping", mapping, "--batch", "1", "--json"] + suite.urls
        let interrupted = try RunningExecutable("accord", arguments, environment: folder.state)
        let reached = await kill(interrupted, after: 10)
        #expect(reached > 10 && reached < count)

        let second = try await AccordRun(arguments, environment: folder.state)
        #expect(second.code == 0, "\(second.errors)")
        let outcome = try JSONDecoder().decode([String: Int].self, from: numbers(second.output))
        let resumed = outcome["resumed"] ?? 0
        #expect(resumed >= reached && resumed < count, "\(reached) reached, \(outcome)")
        // The batch that was under way may have been stored without its acknowledgement having been noted.
        #expect((outcome["created"] ?? 0) + (outcome["unchanged"] ?? 0) == count - resumed)
        #expect((outcome["unchanged"] ?? 0) <= 1)

        let third = try JSONDecoder().decode(
            [String: Int].self, from: numbers(try await AccordRun(arguments, environment: folder.state).output))
        #expect(third["unchanged"] == count && third["resumed"] == 0)
        #expect(await suite.executable.terminate() == 0)
    }

    /// Kills an import once it has come so far. On a thread of its own, which busy tests beside it do not hold up: the
    /// import must not get to its end.
    private func kill(_ interrupted: RunningExecutable, after records: Int) async -> Int {
        let reached = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let end = ContinuousClock.now.advanced(by: .seconds(60))
                var reached = 0
                while reached <= records, ContinuousClock.now < end {
                    usleep(1_000)
                    reached = checkpoint()
                }
                interrupted.signal(SIGKILL)
                continuation.resume(returning: reached)
            }
        }
        await interrupted.killNow()
        return reached
    }

    /// How far the one import of this test came.
    private func checkpoint() -> Int {
        let imports = folder.url.appendingPathComponent("state/accord/imports")
        let files = (try? FileManager.default.contentsOfDirectory(at: imports, includingPropertiesForKeys: nil)) ?? []
        // One that is being written stands beside it, under a name that is no digest. Its first line is the beginning.
        return files.filter { $0.lastPathComponent.allSatisfy(\.isHexDigit) }
            .compactMap { try? Data(contentsOf: $0) }
            .map { $0.count(where: { $0 == UInt8(ascii: "\n") }) - 1 }.first ?? 0
    }

    /// The outcome without its list of refusals, which is empty.
    private func numbers(_ outcome: String) throws -> Data {
        #expect(outcome.contains("\"refusals\":[]"))
        return Data(outcome.replacingOccurrences(of: "\"refusals\":[],", with: "").utf8)
    }

    @Test func eventsAreReadFromAnyPosition() async throws {
        let suite = try await upUnderAgreement()
        _ = try await suite.importing("leads", Samples.leads(3), Samples.leadsMapping, in: folder)
        let all = try await suite.accord("events", "tail", "scoring", "--json")
        let events = try WireTailEventsResponse(jsonString: all.output).events
        #expect(events.count == 4)
        let rest = try await suite.accord("events", "tail", "scoring", "--after", "1", "--limit", "2")
        #expect(rest.output.split(separator: "\n").count == 2)
        #expect(rest.output.hasPrefix("2  "))
        #expect(try await suite.accord("events", "parked", "scoring").output == "nothing is parked\n")
        #expect(try await suite.accord("events", "retry", "scoring").output == "0 to be tried again\n")
        for act in ["retry", "drop"] {
            let unknown = try await suite.accord("events", act, "scoring", "no-such-event")
            #expect(unknown.code == 65 && unknown.errors == "1 of the ids that were named is not parked\n")
        }
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func theDoctorPassesAHealthySuiteAndNamesWhatIsAmiss() async throws {
        let suite = try await upUnderAgreement()
        let healthy = try await suite.accord("doctor")
        #expect(healthy.code == 0 && !healthy.output.contains("FAIL"), "\(healthy.output)")
        for check in ["reachable", "ready", "clock", "version", "outbox", "agreement", "rescore"] {
            #expect(healthy.output.contains(" \(check) "), "\(check)")
        }
        let port = try FreePorts.take(1)[0]
        // The last --url of a service counts.
        let away = try await AccordRun(
            ["doctor", "--json"] + suite.urls + ["--url", "metrics=http://127.0.0.1:\(port)"])
        #expect(away.code == 2)
        let findings = try JSONDecoder().decode([FoundByDoctor].self, from: Data(away.output.utf8))
        #expect(Set(findings.filter { !$0.passed }.map(\.service)) == ["metrics"])
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func aNewAgreementScoresAllLeadsAnewAndTheCommandWaitsForIt() async throws {
        let suite = try await upUnderAgreement()
        _ = try await suite.importing("leads", Samples.leads(40), Samples.leadsMapping, in: folder)
        let file = try folder.file("second.yaml", Samples.agreement.replacing("name: Example", with: "name: Second"))
        try await suite.agree(on: file, version: 2)
        let waited = try await suite.accord("scoring", "rescore", "--wait", "--timeout", "2m")
        #expect(waited.code == 0 && waited.output.contains("all leads are scored by version 2"), "\(waited)")
        let answer = try await suite.accord("scoring", "rescore", "--json")
        // That of version 1, of no lead, has an entry only where it began before version 2 came.
        let latest = try #require(WireListRescoresResponse(jsonString: answer.output).rescores.first)
        #expect(latest.agreementVersion == 2 && latest.lookedAt == 40)
        #expect(try await suite.accord("doctor").output.contains("all leads are scored by version 2"))
        #expect(await suite.executable.terminate() == 0)
    }

    private struct FoundByDoctor: Decodable {
        var service: String
        var passed: Bool
    }

    @Test func whatIsStoredOutlastsARestart() async throws {
        let first = try await upUnderAgreement()
        _ = try await first.importing("leads", Samples.leads(40), Samples.leadsMapping, in: folder)
        // What is left to tell is told before the end.
        #expect(await first.executable.terminate() == 0)
        let second = try await up()
        let funnel = try await second.accord("report", "funnel", "--json")
        #expect(
            try WireGetFunnelResponse(jsonString: funnel.output).total.stages.first { $0.state == .mql }?.leads == 20)
        #expect(await second.executable.terminate() == 0)
    }

    @Test func aToolTellsOfEngagementBySignedWebhookWithoutAToken() async throws {
        let suite = try await HostedAccord(
            data: folder.path("data"),
            environment: [
                "ACCORD_TOKEN": "s3cret", "ACCORD_WEBHOOK_SECRETS": "forms=\(SignedWebhook.secret)",
            ])
        let token = ["ACCORD_TOKEN": "s3cret"]
        let agreement = Samples.agreement.replacing(
            "  qualification:", with: "  webhooks: [{id: forms, lead_id: lead, kind: demo_requested}]\n  qualification:"
        )
        let file = try folder.file("agreement.yaml", agreement)
        _ = try await suite.accord("agreement", "propose", file, "--by", "ops@example.com", environment: token)
        for (side, signer) in [("marketing", "m@example.com"), ("sales", "s@example.com")] {
            let signed = try await suite.accord(
                "agreement", "sign", "1", "--side", side, "--signer", signer, environment: token)
            #expect(signed.code == 0, "\(signed.errors)")
        }
        let leads = try folder.file("leads.csv", "id\nl-1\n")
        let mapping = try folder.file("leads.yaml", "kind: leads\ncolumns: {lead_id: id}\n")
        let imported = try await suite.accord("import", "leads", leads, "--mapping", mapping, environment: token)
        #expect(imported.code == 0, "\(imported.errors)")

        let url = "\(suite.addresses[.scoring] ?? "")/webhooks/forms"
        let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
        let message = SignedWebhook(#"{"lead": "l-1"}"#, id: "m1", at: now)
        let taken = try await PlainHTTP.post(url, headers: message.headers, body: message.body)
        #expect(taken.status == 200 && taken.body.contains("CREATED"), "\(taken)")
        let again = try await PlainHTTP.post(url, headers: message.headers, body: message.body)
        #expect(again.status == 409 && again.body.contains("already_exists"), "\(again)")
        let forged = try await PlainHTTP.post(url, headers: message.headers, body: #"{"lead": "l-2"}"#)
        #expect(forged.status == 401, "\(forged)")
        let packed = try await PlainHTTP.post(
            url, headers: message.headers + [("content-encoding", "gzip")], body: message.body)
        #expect(packed.status == 501, "\(packed)")
        #expect(try await PlainHTTP.get(url).status == 405)
        #expect(try await PlainHTTP.get("\(url)/more", token: "s3cret").status == 404)
        let large = try await PlainHTTP.post(
            url, headers: message.headers, body: String(repeating: " ", count: (4 << 20) + 1))
        #expect(large.status == 429 && large.body.contains("resource_exhausted"), "\(large)")
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func metricsOfAllServicesAreShown() async throws {
        let suite = try await upUnderAgreement()
        let (status, text) = try await PlainHTTP.get("\(suite.addresses[.scoring] ?? "")/metrics")
        #expect(status == 200)
        #expect(text.contains("accord_outbox_depth{service=\"icp\""), "\(text.prefix(500))")
        #expect(text.contains("process_resident_memory_bytes"))
        let page = try await PlainHTTP.get("\(suite.addresses[.metrics] ?? "")/")
        #expect(page.status == 200 && page.body.contains("<html"))
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func aDataFolderOrAPortThatIsInUseIsRefused() async throws {
        let suite = try await up()
        let sameData = try await AccordRun(["up", "--data", folder.path("data"), "--port-base", "0"])
        #expect(sameData.code == 74 && sameData.output == "")
        #expect(sameData.errors.contains("is in use by process \(suite.executable.pid)"), "\(sameData.errors)")
        let port = suite.addresses[.icp]?.split(separator: ":").last.flatMap { Int($0) } ?? 0
        let samePort = try await AccordRun(
            ["up", "--data", folder.path("other"), "--port-base", "\(port - ServiceName.icp.portOffset)"])
        #expect(samePort.code == 69, "\(samePort.errors)")
        // Another test may hold a neighbour of that port: then it is the neighbour that is named.
        let named = samePort.errors.firstMatch(of: #/cannot listen on 127\.0\.0\.1:(\d+): Address already in use/#)
        let taken = try #require(named.flatMap { Int($0.1) }, "\(samePort.errors)")
        #expect((port..<port + ServiceName.allCases.count).contains(taken))
        #expect(await suite.executable.terminate() == 0)
    }

    @Test func `what fails for another reason ends with the code that it has of a service`() async throws {
        let data = try folder.file("taken", "no folder") + "/data"
        let service = try RunningExecutable("accord-icp", ["--data", data, "--port", "0"])
        #expect(await service.ended() == 70)
        for command in ["up", "demo"] {
            let suite = try await AccordRun([command, "--data", data, "--port-base", "0"])
            #expect(suite.code == 70 && suite.output == "" && suite.errors.contains("taken"), "\(suite.errors)")
        }
    }

    @Test func anAddressThatOthersReachNeedsATokenAndCallersBringIt() async throws {
        let refused = try await AccordRun([
            "up", "--data", folder.path("data"), "--port-base", "0", "--host", "0.0.0.0",
        ])
        #expect(refused.code == 78 && refused.errors.contains("ACCORD_TOKEN"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("data")))

        let token = ["ACCORD_TOKEN": "s3cret"]
        let suite = try await HostedAccord(data: folder.path("data"), host: "0.0.0.0", environment: token)
        let stranger = try await suite.accord("report", "funnel")
        #expect(stranger.code == 77 && stranger.errors.hasPrefix("unauthenticated: "), "\(stranger.errors)")
        let wrong = try await suite.accord("report", "funnel", environment: ["ACCORD_TOKEN": "guess"])
        #expect(wrong.code == 77)
        #expect(try await suite.accord("report", "funnel", environment: token).code == 0)
        let file = try folder.file("agreement.yaml", Samples.agreement)
        let proposed = try await suite.accord(
            "agreement", "propose", file, "--by", "ops@example.com", environment: token)
        #expect(proposed.code == 0, "\(proposed.errors)")
        #expect(await suite.executable.terminate() == 0)
        #expect(!suite.executable.standardError.contains("s3cret"))
    }
}
