import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import RPC
import SLAService
import Storage
import SwiftProtobuf
import Testing

@Suite struct SLAServiceTests {
    @Test("An assignment arms the agreed timers, with the moment of the assignment as start")
    func arming() async throws {
        let stage = try SLAStage()
        try await stage.assign("h1", territory: "west", at: "2026-03-09T08:00:00Z")
        let timers = try await stage.timers()
        #expect(timers.map(\.timerID) == ["h1.accept.1", "h1.decide.1"])
        #expect(timers.map { Instant($0.dueAt).text } == ["2026-03-09T13:00:00Z", "2026-03-11T08:00:00Z"])
        #expect(timers.map(\.calendar) == ["office", ""])
        let told = try await stage.fixture.told()
        #expect(told.map(\.key) == ["lead-h1", "lead-h1"])
        #expect(told.allSatisfy { Instant($0.occurredAt).text == "2026-03-09T08:00:00Z" })
        #expect(
            told.map { $0.timer }
                == timers.map { timer in
                    var armed = timer
                    armed.elapsedSeconds = 0
                    return armed
                })
    }

    @Test("Warnings and the breach are told once each, at their own times, however late the duty runs")
    func firing() async throws {
        let stage = try SLAStage()
        try await stage.assign("h1", at: "2026-03-09T09:00:00Z")
        try await stage.fire(at: "2026-03-09T11:30:00Z")
        try await stage.fire(at: "2026-03-14T00:00:00Z")
        try await stage.fire(at: "2026-03-15T00:00:00Z")
        #expect(
            try await stage.told() == [
                "accept armed 2026-03-09T09:00:00Z", "accept warned 2026-03-09T11:00:00Z",
                "accept warned 2026-03-09T12:12:00Z", "accept breached 2026-03-09T13:00:00Z",
            ])
        let breach = try #require(try await stage.fixture.told().last)
        #expect(breach.timerBreached.actions == ["notify_manager", "reassign"])
        #expect(breach.timerBreached.timer.elapsedSeconds == 4 * 3_600)
        #expect(breach.timerBreached.timer.warnedPercent == 80)
        #expect(breach.agreementVersion == 1)
    }

    @Test("A second service on the same store goes on where the first ended")
    func restart() async throws {
        let stage = try SLAStage()
        try await stage.assign("h1", at: "2026-03-09T09:00:00Z")
        try await stage.fire(at: "2026-03-09T11:00:00Z")
        let again = try SLAStage.restarted(stage)
        stage.fixture.clock.advance(to: try at("2026-03-10T00:00:00Z"))
        for duty in again.duties { while try await duty.runOnce() > 0 {} }
        #expect(
            try await stage.told().dropFirst() == [
                "accept warned 2026-03-09T11:00:00Z", "accept warned 2026-03-09T12:12:00Z",
                "accept breached 2026-03-09T13:00:00Z",
            ])
    }

    @Test("What is due next can be asked, and nothing is due where nothing runs")
    func nextDue() async throws {
        let stage = try SLAStage()
        func next() async throws -> String? {
            try await stage.fixture.store.read { try TimerStore.nextDue($0) }?.text
        }
        #expect(try await next() == nil)
        try await stage.assign("h1", at: "2026-03-09T09:00:00Z")
        #expect(try await next() == "2026-03-09T11:00:00Z")
        try await stage.fire(at: "2026-03-09T12:12:00Z")
        #expect(try await next() == "2026-03-09T13:00:00Z")
        try await stage.fire(at: "2026-03-09T13:00:00Z")
        #expect(try await next() == nil)
        for duty in stage.fixture.assembly.duties { #expect(try await duty.runOnce() == 0) }
    }

    @Test("More than a batch of firings all come, in the order of their time")
    func manyFirings() async throws {
        let stage = try SLAStage()
        for number in 0..<260 {
            try await stage.assign("h\(number)", at: number % 2 == 0 ? "2026-03-09T09:00:00Z" : "2026-03-09T10:00:00Z")
        }
        try await stage.fire(at: "2026-03-10T09:00:00Z")
        let fired = try await stage.fixture.told().filter { $0.payload?.kind != .timerArmed }
        #expect(fired.count == 780)
        let times = fired.map { Instant($0.occurredAt) }
        #expect(times == times.sorted())
        #expect(Set(fired.map { "\($0.key) \(Instant($0.occurredAt).text)" }).count == 780)
    }

    @Test("Steps in time meet the timers and arm the next ones")
    func meeting() async throws {
        let stage = try SLAStage()
        try await stage.assign("h1", at: "2026-03-09T09:00:00Z")
        try await stage.accept("h1", at: "2026-03-09T10:30:00Z")
        try await stage.touch("h1", at: "2026-03-10T09:30:00Z")
        #expect(
            try await stage.told() == [
                "accept armed 2026-03-09T09:00:00Z", "accept met 2026-03-09T10:30:00Z",
                "first_touch armed 2026-03-09T10:30:00Z", "first_touch met 2026-03-10T09:30:00Z",
            ])
        let touch = try #require(try await stage.timers().last)
        #expect(touch.state == .met)
        #expect(touch.elapsedSeconds == 7 * 3_600)
        #expect(Instant(touch.endedAt).text == "2026-03-10T09:30:00Z")
    }

    @Test("An acceptance in time that is heard of after the breach makes the timer met")
    func lateNews() async throws {
        let stage = try SLAStage()
        try await stage.assign("h1", at: "2026-03-09T09:00:00Z")
        try await stage.assign("h2", at: "2026-03-09T09:00:00Z")
        try await stage.fire(at: "2026-03-09T14:00:00Z")
        try await stage.accept("h1", at: "2026-03-09T13:00:00Z")
        try await stage.accept("h2", at: "2026-03-09T13:30:00Z")
        #expect(try await stage.told().contains("accept met 2026-03-09T13:00:00Z"))
        let timers = try await stage.timers().filter { $0.rule == "accept" }
        #expect(timers.map(\.state) == [.met, .breached])
        #expect(timers[0].elapsedSeconds == 4 * 3_600)
        #expect(Instant(timers[1].metLateAt).text == "2026-03-09T13:30:00Z")
        #expect(Instant(timers[1].endedAt).text == "2026-03-09T13:00:00Z")
    }

    @Test("Reassignment on breach cancels nothing that was breached and arms the new rep's timers")
    func reassignment() async throws {
        let stage = try SLAStage()
        try await stage.assign("h1", territory: "west", at: "2026-03-09T09:00:00Z")
        try await stage.fire(at: "2026-03-09T13:00:00Z")
        try await stage.assign("h1", rep: "bob", territory: "west", at: "2026-03-09T13:00:00Z")
        let timers = try await stage.timers()
        #expect(timers.map(\.timerID) == ["h1.accept.1", "h1.decide.1", "h1.accept.2", "h1.decide.2"])
        #expect(timers.map(\.state) == [.breached, .cancelled, .armed, .armed])
        #expect(timers.map(\.repID) == ["ann", "ann", "bob", "bob"])
        #expect(try await stage.timers { $0.repID = "bob" }.count == 2)
    }

    @Test("A lead that went back to the queue runs against no one until another rep has it")
    func queue() async throws {
        let stage = try SLAStage()
        try await stage.wait("h1", at: "2026-03-09T08:00:00Z")
        try await stage.assign("h1", territory: "west", at: "2026-03-09T09:00:00Z")
        try await stage.fire(at: "2026-03-09T13:00:00Z")
        try await stage.wait("h1", at: "2026-03-09T13:00:00Z")
        try await stage.fire(at: "2026-03-16T09:00:00Z")
        try await stage.assign("h1", rep: "bob", territory: "west", at: "2026-03-16T09:00:00Z")
        let timers = try await stage.timers()
        #expect(timers.map(\.timerID) == ["h1.accept.1", "h1.decide.1", "h1.accept.2", "h1.decide.2"])
        #expect(timers.map(\.state) == [.breached, .cancelled, .armed, .armed])
        #expect(Instant(timers[1].endedAt).text == "2026-03-09T13:00:00Z")
    }

    @Test("A rejection meets the acceptance and cancels what it leaves open")
    func rejection() async throws {
        let stage = try SLAStage()
        try await stage.assign("h1", territory: "west", at: "2026-03-09T09:00:00Z")
        try await stage.accept("h1", at: "2026-03-09T09:30:00Z")
        try await stage.reject("h1", then: "nurture", at: "2026-03-09T10:00:00Z")
        #expect(try await stage.timers().map(\.state) == [.met, .met, .cancelled])
        try await stage.fire(at: "2026-03-20T00:00:00Z")
        #expect(try await !stage.told().contains { $0.contains("breached") })
    }

    @Test("The same event again changes nothing")
    func duplicates() async throws {
        let stage = try SLAStage()
        let event = WireEvent.with {
            $0.eventID = "e1"
            $0.key = "lead-h1"
            $0.occurredAt = Instant(seconds: 1_773_046_800).wire
            $0.agreementVersion = 1
            $0.handoffAssigned.handoff = SLAStage.handoff("h1")
        }
        try await stage.fixture.deliver(event)
        try await stage.fixture.deliver(event)
        #expect(try await stage.timers().count == 1)
        #expect(try await stage.told().count == 1)
    }

    @Test("A new agreement applies to timers armed after it")
    func versions() async throws {
        let stage = try SLAStage(versions: [
            SLAStage.version(), SLAStage.version(2, effectiveAt: "2026-03-09T10:00:00Z", accept: "2h"),
        ])
        try await stage.assign("h1", at: "2026-03-09T09:00:00Z", version: 1)
        try await stage.assign("h2", at: "2026-03-09T10:00:00Z", version: 2)
        try await stage.accept("h1", at: "2026-03-09T12:30:00Z", version: 2)
        let timers = try await stage.timers().filter { $0.rule == "accept" }
        #expect(timers.map { Instant($0.dueAt).text } == ["2026-03-09T13:00:00Z", "2026-03-09T12:00:00Z"])
        #expect(timers.map(\.state) == [.met, .armed])
        #expect(timers.map(\.agreementVersion) == [1, 2])
    }

    @Test("Lists are narrowed and paged in the order of arming")
    func lists() async throws {
        let stage = try SLAStage()
        for number in 0..<5 { try await stage.assign("h\(number)", at: "2026-03-09T09:00:00Z") }
        try await stage.accept("h2", at: "2026-03-09T09:30:00Z")
        #expect(try await stage.timers { $0.state = .met }.map(\.handoffID) == ["h2"])
        #expect(try await stage.timers { $0.state = .breached }.isEmpty)
        #expect(try await stage.timers { $0.state = .paused }.isEmpty)
        #expect(try await stage.timers { $0.leadID = "lead-h3" }.map(\.handoffID) == ["h3"])
        #expect(try await stage.timers { $0.handoffID = "h2" }.map(\.rule) == ["accept", "first_touch"])
        var seen: [String] = []
        var request = WireListTimersRequest.with { $0.page.pageSize = 4 }
        repeat {
            let page = try await stage.client.listTimers(request)
            seen += page.timers.map(\.timerID)
            request.page.pageToken = page.nextPageToken
        } while !request.page.pageToken.isEmpty
        #expect(
            seen == [
                "h0.accept.1", "h1.accept.1", "h2.accept.1", "h3.accept.1", "h4.accept.1", "h2.first_touch.1",
            ])
        await #expect(throws: RPCError.self) {
            try await stage.timers { $0.state = .UNRECOGNIZED(99) }
        }
    }

    @Test("Criteria of a later timer see the score that came with the assignment")
    func rememberedScore() async throws {
        var version = try SLAStage.version()
        version.agreement.sla.timers[1].when = .with {
            $0.field = "lead.score"
            $0.op = "gte"
            $0.value = Google_Protobuf_Value(numberValue: 60)
        }
        let stage = try SLAStage(versions: [version])
        for (id, score) in [("cold", 59.0), ("hot", 60.0)] {
            let assigned = WireHandoffAssigned.with {
                $0.handoff = SLAStage.handoff(id)
                $0.score.total = score
            }
            try await stage.fixture.deliver(
                .handoffAssigned(assigned), key: "lead-\(id)", at: at("2026-03-09T09:00:00Z"))
            try await stage.accept(id, at: "2026-03-09T10:00:00Z")
        }
        #expect(try await stage.timers().map(\.timerID) == ["cold.accept.1", "hot.accept.1", "hot.first_touch.1"])
    }

    @Test("An agreement whose promises cannot be timed is refused with every fault")
    func faultyAgreement() async throws {
        var version = try SLAStage.version(2)
        version.agreement.sla.calendars[0].holidays = ["2026-02-30"]
        version.agreement.sla.timers[2].duration = "soon"
        version.agreement.sla.timers[2].startsOn = "dreamt"
        version.agreement.sla.timers[2].when.field = "lead.shoe_size"
        let stage = try SLAStage()
        let event = WireAgreementActivated.with { $0.version = version }
        let error = await #expect(throws: RPCError.self) {
            try await stage.fixture.deliver(
                .agreementActivated(event), key: "agreement", at: at("2026-03-09T09:00:00Z"))
        }
        #expect(
            error?.details.first?.decoded(as: WireBadRequest.self)?.violations.map(\.path) == [
                "sla.calendars[0].holidays[0]", "sla.timers[0].calendar", "sla.timers[1].calendar",
                "sla.timers[2].starts_on", "sla.timers[2].duration", "sla.timers[2].when.field",
            ])
    }

    @Test("A duty that waits is woken by a commit that arms something earlier", .timeLimit(.minutes(5)))
    func waking() async throws {
        let stage = try SLAStage()
        let duty = try #require(stage.fixture.assembly.duties.first)
        try await stage.assign("h1", at: "2026-03-09T09:00:00Z")
        async let woken: Void = duty.wake()
        // Whether it sleeps until 11:00 by now or not yet: either way it must not sleep past this, due on Friday.
        try await stage.assign("h2", at: "2026-03-06T09:00:00Z")
        await woken
    }
}
