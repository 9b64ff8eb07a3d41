import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

@testable import ScoringService

/// Tools that cannot speak RPC tell of engagement by signed webhook.
struct WebhookTests {
    private let start = ScoringFixture.start

    /// Of a tool that tells of several things at once, by words of its own.
    private static let forms = WireWebhookMapping.with {
        $0.id = "forms"
        $0.each = "data.events"
        $0.leadID = "contact.crm_id"
        $0.engagementID = "uid"
        $0.event = "type"
        $0.kinds = [
            .with {
                $0.event = "webinar.joined"
                $0.kind = "webinar_attended"
            },
            .with {
                $0.event = "page.view"
                $0.kind = "page_viewed"
            },
        ]
        $0.occurredAt = "at"
        $0.channel = "utm.0.channel"
        $0.attributes = [
            .with {
                $0.name = "minutes"
                $0.path = "detail.minutes"
            }
        ]
    }

    private func fixture(_ mapping: WireWebhookMapping = forms) async throws -> ScoringFixture {
        let fixture = try ScoringFixture(
            [.test { $0.webhooks = [mapping] }], webhooks: SignedWebhook.settings(mapping.id))
        _ = try await fixture.upsert([.test("ana")])
        return fixture
    }

    private func send(
        _ message: SignedWebhook, _ fixture: ScoringFixture, to webhook: String = "forms"
    ) async throws -> WireReceiveWebhookResponse {
        try await fixture.client.receiveWebhook(
            .with {
                $0.webhook = webhook
                $0.messageID = message.id
                $0.timestamp = message.timestamp
                $0.signature = message.signature
                $0.body = Data(message.body.utf8)
            })
    }

    private func refusal(_ message: SignedWebhook, _ fixture: ScoringFixture) async throws -> RPCError {
        try await #require(throws: RPCError.self) { _ = try await send(message, fixture) }
    }

    private static let joined = """
        {"data": {"events": [
            {"uid": "e1", "type": "webinar.joined", "contact": {"crm_id": "ana"}, "at": "2026-02-28T23:00:00Z",
             "utm": [{"channel": "email"}], "detail": {"minutes": 42, "slides": [1]}},
            {"uid": "e2", "type": "ping", "contact": {"crm_id": "ana"}, "at": 1772319600},
            {"uid": "e3", "type": "page.view", "contact": {"crm_id": "ana"}, "at": 1772319600123}]}}
        """

    @Test func whatAToolTellsIsEngagementByTheAgreedMapping() async throws {
        let fixture = try await fixture()
        let answer = try await send(SignedWebhook(Self.joined, id: "m1", at: start), fixture)
        #expect(answer.results.map(\.status) == [.created, .created] && answer.ignored == 1)
        let told = try await fixture.scored().flatMap(\.engagements)
        #expect(told.map(\.engagementID) == ["e1", "e3"])
        #expect(told.map(\.kind) == ["webinar_attended", "page_viewed"])
        #expect(told[0].channel == "email" && told[0].attributes.mapValues(\.numberValue) == ["minutes": 42])
        #expect(told.map { Instant($0.occurredAt).text } == ["2026-02-28T23:00:00Z", "2026-02-28T23:00:00.123Z"])
        #expect(try await fixture.get("ana").score.engagement > 40)
    }

    @Test func theSameEngagementInALaterTryChangesNothingAndACopyIsRefused() async throws {
        let fixture = try await fixture()
        _ = try await send(SignedWebhook(Self.joined, id: "m1", at: start), fixture)
        let copy = try await refusal(SignedWebhook(Self.joined, id: "m1", at: start), fixture)
        #expect(copy.code == .alreadyExists)
        fixture.service.clock.advance(by: .minutes(1))
        let retry = try await send(SignedWebhook(Self.joined, id: "m1", at: start.adding(.minutes(1))), fixture)
        #expect(retry.results.map(\.status) == [.unchanged, .unchanged])
        #expect(try await fixture.get("ana").engagementCount == 2)
    }

    @Test func idsThatAreLongNumbersAreReadDigitByDigit() async throws {
        let fixture = try await fixture()
        let ids = ["1234567890123456789", "1234567890123456790"]
        _ = try await fixture.upsert(ids.map { .test($0) })
        func event(_ uid: String, _ lead: String) -> String {
            """
            {"uid": \(uid), "type": "page.view", "contact": {"crm_id": \(lead)}, "at": 1772319600,
             "note": "a \\"\(ids[0])\\" of \\\\", "detail": {"minutes": 9007199254740993}}
            """
        }
        let body =
            "{\"data\": {\"events\": [\(event(ids[0], ids[1])), \(event(ids[1], ids[0])), \(event("-7", "42.0"))]}}"
        _ = try await fixture.upsert([.test("42")])
        let answer = try await send(SignedWebhook(body, id: "m1", at: start), fixture)
        #expect(answer.results.map(\.id) == ids + ["-7"] && answer.results.allSatisfy { $0.status == .created })
        let told = try await fixture.scored().flatMap(\.engagements)
        #expect(
            Set(told.map { "\($0.engagementID) \($0.leadID)" }) == [
                "\(ids[0]) \(ids[1])", "\(ids[1]) \(ids[0])", "-7 42",
            ])
        // What is not an id stays a number.
        #expect(told.allSatisfy { $0.attributes["minutes"]?.numberValue == 9_007_199_254_740_992 })
        let rounded = try await refusal(
            SignedWebhook("{\"data\": {\"events\": [\(event("1e19", "42"))]}}", id: "m2", at: start), fixture)
        #expect(rounded.message.contains("engagements[0].engagement_id"))
    }

    @Test(arguments: [String(repeating: "m", count: 255), "caf\u{E9}-\u{301}"])
    func aMessageWhoseIDIsNoEngagementsNamesItByADigest(id: String) async throws {
        let mapping = WireWebhookMapping.with {
            $0.id = "calls"
            $0.each = "all"
            $0.leadID = "lead"
            $0.kind = "webinar_attended"
        }
        let fixture = try await fixture(mapping)
        let body = #"{"all": [{"lead": "ana"}, {"lead": "ana"}]}"#
        let first = try await send(SignedWebhook(body, id: id, at: start), fixture, to: "calls")
        fixture.service.clock.advance(by: .minutes(1))
        let retry = try await send(SignedWebhook(body, id: id, at: start.adding(.minutes(1))), fixture, to: "calls")
        #expect(first.results.map(\.status) == [.created, .created])
        #expect(
            retry.results.map(\.status) == [.unchanged, .unchanged]
                && retry.results.map(\.id) == first.results.map(\.id))
        #expect(first.results[1].id.hasPrefix("calls:sha256-") && first.results[1].id.hasSuffix(":1"))
    }

    /// The body, which may be large, is not looked at.
    @Test func aMessageThatIsNotOfNowIsRefusedBeforeItsSignatureIsComputed() async throws {
        var old = SignedWebhook(Self.joined, id: "m1", at: start.adding(.minutes(-6)))
        old.signature = ""
        #expect(try await refusal(old, fixture()).message.contains("webhook-timestamp"))
    }

    @Test func aMessageThatIsNotSignedOrNotOfNowIsRefusedAndChangesNothing() async throws {
        let fixture = try await fixture()
        var tampered = SignedWebhook(Self.joined, id: "m1", at: start)
        tampered.body = tampered.body.replacing("ana", with: "bob")
        var renamed = SignedWebhook(Self.joined, id: "m1", at: start)
        renamed.id = "m2"
        var unsigned = SignedWebhook(Self.joined, id: "m1", at: start)
        unsigned.signature = ""
        var soon = SignedWebhook(Self.joined, id: "m1", at: start)
        soon.timestamp = "soon"
        let other = SignedWebhook(
            Self.joined, id: "m1", at: start, secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        let old = SignedWebhook(Self.joined, id: "m1", at: start.adding(.minutes(-6)))
        let ahead = SignedWebhook(Self.joined, id: "m1", at: start.adding(.minutes(6)))
        for message in [tampered, renamed, unsigned, soon, other, old, ahead] {
            #expect(try await refusal(message, fixture).code == .unauthenticated, "\(message)")
        }
        #expect(try await fixture.get("ana").engagementCount == 0)
        let edge = SignedWebhook(Self.joined, id: "m1", at: start.adding(.minutes(-5)))
        #expect(try await send(edge, fixture).results.count == 2)
    }

    @Test func theExampleOfTheSpecificationIsSignedAsItSays() throws {
        let sent = Instant(seconds: 1_614_265_330)
        let message = SignedWebhook("{\"test\": 2432232314}", id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: sent)
        #expect(message.signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        var request = WireReceiveWebhookRequest()
        request.webhook = "forms"
        request.messageID = message.id
        request.timestamp = message.timestamp
        request.signature = "v1a,bm9uZQ== v1,bm9uZQ== \(message.signature)"
        request.body = Data(message.body.utf8)
        let settings = SignedWebhook.settings("forms")
        #expect(try WebhookMessage(request, settings, now: sent).sentAt == sent)
    }

    @Test func bothSecretsHoldWhileOneIsChanged() throws {
        let secrets = try #require(
            WebhookSecrets(
                text: "a=whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,a=\(SignedWebhook.secret),b=\(SignedWebhook.secret)"))
        #expect(secrets.keys.mapValues(\.count) == ["a": 2, "b": 1])
        for text in ["", "a", "a=", "=whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a=AAAA", "a=whsec_AAAA", "a=whsec_?"] {
            #expect(WebhookSecrets(text: text) == nil, "\(text)")
        }
    }

    @Test func whatIsRefusedIsNamedAndTheRestIsKept() async throws {
        let fixture = try await fixture()
        let body = """
            {"data": {"events": [
                {"uid": "e1", "type": "page.view", "contact": {"crm_id": "ana"}, "at": 1772319600},
                {"uid": "e2", "type": "page.view", "contact": {"crm_id": "bob"}, "at": 1772319600},
                {"uid": "e3", "type": "page.view", "contact": {}, "at": "yesterday"}]}}
            """
        let error = try await refusal(SignedWebhook(body, id: "m1", at: start), fixture)
        #expect(error.code == .invalidArgument)
        let paths = error.details.compactMap { $0.decoded(as: WireBadRequest.self) }.flatMap(\.violations).map(\.path)
        #expect(paths == ["engagements[1].lead_id", "engagements[2].occurred_at", "engagements[2].lead_id"])
        #expect(try await fixture.get("ana").engagementCount == 1)
        // Once the lead is known, the sender's next try brings the rest; the faulty one stays out.
        _ = try await fixture.upsert([.test("bob")])
        _ = try await refusal(SignedWebhook(body, id: "m1", at: start), fixture)
        #expect(try await fixture.get("bob").engagementCount == 1)
        #expect(try await fixture.get("ana").engagementCount == 1)
    }

    @Test func aMessageThatIsOneEngagementHasItsIDAndItsTime() async throws {
        let mapping = WireWebhookMapping.with {
            $0.id = "calls"
            $0.leadID = "lead"
            $0.kind = "webinar_attended"
        }
        let fixture = try await fixture(mapping)
        _ = try await send(SignedWebhook(#"{"lead": "ana"}"#, id: "m1", at: start), fixture, to: "calls")
        let told = try await fixture.scored().flatMap(\.engagements)
        #expect(told.map(\.engagementID) == ["calls:m1"] && told.map { Instant($0.occurredAt) } == [start])
    }

    private static let byEmail = WireWebhookMapping.with {
        $0.id = "mails"
        $0.leadID = "id"
        $0.email = "from"
        $0.kind = "webinar_attended"
    }

    private func sendMail(_ body: String, _ fixture: ScoringFixture, id: String) async throws
        -> WireReceiveWebhookResponse
    {
        try await send(SignedWebhook(body, id: id, at: start), fixture, to: "mails")
    }

    private func lead(_ id: String, _ email: String) -> WireLead {
        .with {
            $0.leadID = id
            $0.person.email = email
        }
    }

    @Test func aLeadIsFoundByTheAddressThatItAloneHas() async throws {
        let fixture = try await fixture(Self.byEmail)
        try await fixture.service.settle()
        _ = try await fixture.upsert([lead("bob", "Bob@Example.com"), lead("cy", "cy@example.com")])
        _ = try await sendMail(#"{"from": "BOB@example.COM"}"#, fixture, id: "m1")
        #expect(try await fixture.get("bob").engagementCount == 1)
        // An id says more than an address.
        _ = try await sendMail(#"{"id": "ana", "from": "bob@example.com"}"#, fixture, id: "m2")
        #expect(try await fixture.get("ana").engagementCount == 1)
        // It is another address from now on.
        _ = try await fixture.upsert([lead("bob", "robert@example.com")])
        _ = try await sendMail(#"{"from": "robert@example.com"}"#, fixture, id: "m3")
        #expect(try await fixture.get("bob").engagementCount == 2)
        // Addresses make no leads one here.
        _ = try await fixture.upsert([lead("cy-2", "cy@example.com")])
        #expect(try await fixture.get("cy").formerIds.isEmpty)
    }

    @Test func anAddressThatNamesNoOneLeadIsAFaultThatSaysWhy() async throws {
        let fixture = try await fixture(Self.byEmail)
        _ = try await fixture.upsert([
            lead("cy", "cy@example.com"), lead("cy-2", "cy@example.com"), lead("in", "info@x.com"),
        ])
        func fault(_ address: String, _ id: String) async throws -> String {
            let error = try await #require(throws: RPCError.self) {
                _ = try await sendMail("{\"from\": \"\(address)\"}", fixture, id: id)
            }
            let violations = error.details.compactMap { $0.decoded(as: WireBadRequest.self) }.flatMap(\.violations)
            #expect(error.code == .invalidArgument && violations.map(\.path) == ["engagements[0].email"], "\(error)")
            return violations.first?.expected ?? ""
        }
        #expect(try await fault("cy@example.com", "m1").contains("try again"))
        try await fixture.service.settle()
        #expect(try await fault("cy@example.com", "m2").hasSuffix("exactly one lead; cy, cy-2 have it"))
        #expect(try await fault("di@example.com", "m3") == "the address of a lead that is known")
        #expect(try await fault("info@x.com", "m4").hasSuffix("no shared mailbox"))
        #expect(try await fault("nobody", "m5").hasSuffix("no shared mailbox"))
        // Made one, they are one lead; what comes stays with the id that has the address.
        _ = try await fixture.merge("cy-2", into: "cy")
        _ = try await sendMail(#"{"from": "cy@example.com"}"#, fixture, id: "m6")
        #expect(try await fixture.get("cy").engagementCount == 1)
    }

    @Test func whatIsNoMessageOfTheWebhookIsRefusedWithAReason() async throws {
        let fixture = try await fixture()
        for (body, word) in [
            ("not json", "JSON"), ("{\"data\": {}}", "list"), ("\u{0}", "JSON"),
            (String(repeating: "[", count: 10_000), "JSON"),
        ] {
            let error = try await refusal(SignedWebhook(body, id: "m1", at: start), fixture)
            #expect(error.code == .invalidArgument && error.message.contains(word), "\(error)")
        }
        let unknown = try await #require(throws: RPCError.self) {
            _ = try await send(SignedWebhook("{}", id: "m1", at: start), fixture, to: "crm")
        }
        #expect(unknown.code == .notFound)
        let unmapped = try ScoringFixture(webhooks: SignedWebhook.settings("forms"))
        #expect(try await refusal(SignedWebhook("{}", id: "m1", at: start), unmapped).code == .notFound)
    }
}
