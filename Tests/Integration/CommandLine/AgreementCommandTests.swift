import AccordTesting
import Contracts
import Foundation
import SwiftProtobuf
import Testing

/// The life of an agreement by the real command line, against real services.
@Suite struct AgreementCommandTests {
    let folder: TemporaryFolder
    let accord: HostedAccord
    let agreement: String
    /// The same with another threshold: 60 instead of 25.
    let stricter: String

    init() async throws {
        folder = try TemporaryFolder()
        agreement = try folder.file("agreement.yaml", Samples.agreement)
        stricter = try folder.file(
            "stricter.yaml", Samples.agreement.replacingOccurrences(of: "threshold: 25", with: "threshold: 60"))
        accord = try await HostedAccord(data: folder.path("data"))
        try await accord.agree(on: agreement)
    }

    /// - Returns: what it printed; its exit code has to be 0.
    @discardableResult
    private func run(_ arguments: String...) async throws -> String {
        let run = try await AccordRun(
            arguments + accord.urls, environment: ["XDG_STATE_HOME": folder.path("state")])
        #expect(run.code == 0 && run.errors == "", "\(arguments): \(run.errors)")
        return run.output
    }

    @Test func draftsComparesProposesRejectsAndWithdraws() async throws {
        let draft = try await run("agreement", "draft", stricter, "--by", "dora", "--comment", "fewer")
        #expect(draft.hasPrefix("draft 2, digest ") && draft.contains("\n  MQL threshold 25 -> 60\n"))
        #expect(try await run("agreement", "diff", "2") == "Scoring\n  MQL threshold 25 -> 60\n")
        #expect(try await run("agreement", "diff", "2", agreement) == "Scoring\n  MQL threshold 60 -> 25\n")
        #expect(try await run("agreement", "diff", agreement, "1") == "no changes\n")
        let html = try await run("agreement", "diff", "1", stricter, "--html")
        #expect(html.hasPrefix("<!doctype html>") && html.contains("MQL threshold 25 -&gt; 60"))
        let json = try await WireDiffAgreementsResponse(jsonString: run("agreement", "diff", "1", "2", "--json"))
        #expect(json.changes.map(\.path) == ["scoring.qualification.threshold"] && json.afterVersion == 2)

        #expect(try await run("agreement", "show", "2").hasPrefix("version 2: draft, drafted by dora"))
        #expect(try await run("agreement", "propose", "2", "--by", "rita").hasPrefix("proposed version 2, digest "))
        let no = try await run(
            "agreement", "reject", "2", "--side", "sales", "--by", "bo", "--comment", "too strict")
        #expect(no == "version 2 is rejected\n")
        let late = try await accord.accord("agreement", "sign", "2", "--side", "sales", "--signer", "bo")
        #expect(late.code == 65 && late.errors.contains("the version is rejected and cannot be signed any more"))
        try await run("agreement", "propose", stricter, "--by", "rita")
        #expect(try await run("agreement", "withdraw", "3", "--by", "rita") == "version 3 is withdrawn\n")

        let list = try await run("agreement", "list").split(separator: "\n")
        #expect(list.count == 3 && list[0].hasPrefix("version 3: withdrawn by rita"))
        #expect(list[1].hasPrefix("version 2: rejected by bo") && list[1].hasSuffix(": too strict"))
        let history = try await run("agreement", "history", "2").split(separator: "\n").map { $0.dropFirst(22) }
        #expect(
            history.map { String($0.drop { $0 != "v" }) } == [
                "version 2 was drafted by dora, from version 1: fewer",
                "version 2 was proposed by rita, from version 1",
                "version 2 was rejected by bo for sales, from version 1: too strict",
            ])
        let entries = try await WireListHistoryResponse(jsonString: run("agreement", "history", "--json")).entries
        #expect(entries.map(\.version) == [1, 1, 1, 1, 2, 2, 2, 3, 3])
    }

    @Test func tellsTheImpactOfADraftOnStoredLeads() async throws {
        let mapping = try folder.file("leads.yaml", Samples.leadsMapping)
        let leads = try folder.file("leads.csv", Samples.leads(40))
        try await run("import", "leads", leads, "--mapping", mapping)
        let relaxed = try folder.file(
            "relaxed.yaml", Samples.agreement.replacingOccurrences(of: "value: 200", with: "value: 10"))
        let text = try await run("agreement", "impact", relaxed, "--examples", "1")
        #expect(text.hasPrefix("40 leads as of "))
        #expect(text.contains(": 20 become an MQL, 0 are none any more, 20 have another grade, 0 would go"))
        #expect(text.contains("\ninquiry  mql         20\n") || text.contains("inquiry"))
        let impact = try await WireGetImpactResponse(
            jsonString: run("agreement", "impact", relaxed, "--against", agreement, "--json")
        ).impact
        #expect(impact.leads == 40 && impact.becomeMql == 20 && impact.notComputed.isEmpty)
        #expect(impact.owners.map(\.leads) == [20] && impact.examples.count == 10)
        #expect(impact.examples.allSatisfy { $0.ownerAfter.hasPrefix("pool everyone") })
        let html = try await run("agreement", "impact", relaxed, "--html")
        #expect(html.contains("Become an MQL") && html.contains("Company 1<"))
        let gone = try await accord.accord("agreement", "impact", "17")
        #expect(gone.code == 65 && gone.errors.contains("there is no agreement version 17"))
    }

    @Test func listsAndClosesReviews() async throws {
        let open = try await run("agreement", "reviews").split(separator: "\n")
        #expect(open.contains { $0.hasPrefix("scoring: upcoming, due ") })
        let answer = try await run(
            "agreement", "review", "scoring", "--outcome", "change-proposed", "--by", "rita", "--marketing", "ana",
            "--sales", "bo", "--comment", "raise it")
        #expect(answer.hasPrefix("scoring: closed ") && answer.contains("change-proposed, with ana, bo: raise it; the"))
        let closed = try await run("agreement", "reviews", "--status", "closed")
        #expect(closed.hasPrefix("scoring: closed ") && closed.split(separator: "\n").count == 1)
        #expect(try await run("agreement", "reviews", "--section", "scoring").hasPrefix("scoring: upcoming"))
        let json = try await WireListReviewsResponse(
            jsonString: run("agreement", "reviews", "--section", "scoring", "--status", "closed", "--json"))
        #expect(json.reviews.map(\.closedBy) == ["rita"])
        let unknown = try await accord.accord(
            "agreement", "review", "weather", "--outcome", "kept", "--by", "x", "--marketing", "a", "--sales", "b")
        #expect(unknown.code == 65 && unknown.errors.contains("no review of weather is open"))
    }

    @Test func showsWhatWasInForceAtAMoment() async throws {
        let before = try await WireGetAgreementResponse(jsonString: run("agreement", "show", "--json")).version
        try await run("agreement", "propose", stricter, "--by", "rita")
        for (side, signer) in [("marketing", "ana"), ("sales", "bo")] {
            try await run("agreement", "sign", "2", "--side", side, "--signer", signer)
        }
        #expect(try await run("agreement", "show").hasPrefix("version 2: active"))
        let moment = try before.effectiveAt.jsonString().trimmingCharacters(in: ["\""])
        #expect(try await run("agreement", "show", "--at", moment).hasPrefix("version 1: superseded"))
    }
}
