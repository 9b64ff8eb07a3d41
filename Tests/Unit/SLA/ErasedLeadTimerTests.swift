import AccordTesting
import Contracts
import Kernel
import SwiftProtobuf
import Testing

/// Timers of people who were erased.
@Suite struct ErasedLeadTimerTests {
    private func erase(_ id: String, _ others: [String] = [], _ stage: SLAStage) async throws {
        try await stage.fixture.deliver(
            .leadErased(
                .with {
                    $0.leadID = id
                    $0.otherIds = others
                }), key: id, at: at("2026-03-09T11:00:00Z"))
    }

    private func merge(_ former: String, into root: String, _ stage: SLAStage) async throws {
        try await stage.fixture.deliver(
            .leadsMerged(
                .with {
                    $0.lead.leadID = root
                    $0.lead.formerIds = [former]
                    $0.lead.sequence = 1
                }), key: root, at: at("2026-03-09T10:00:00Z"))
    }

    private func traces(_ stage: SLAStage) async throws -> [String] {
        try await stage.fixture.traces(
            of: ["h-one", "h-two"], except: ServiceFixture.keepersOfErasedIDs)
    }

    @Test func `handoffs and timers of all ids go, and nothing fires`() async throws {
        let stage = try SLAStage()
        try await stage.assign("h-one", at: "2026-03-09T09:00:00Z")
        try await stage.assign("h-two", at: "2026-03-09T09:30:00Z")
        try await stage.assign("other", at: "2026-03-09T09:30:00Z")
        try await merge("lead-h-two", into: "lead-h-one", stage)
        #expect(try await !traces(stage).isEmpty)
        for _ in 0..<2 { try await erase("lead-h-two", ["lead-h-one"], stage) }
        #expect(try await traces(stage).isEmpty)
        #expect(try await stage.timers().map(\.timerID) == ["other.accept.1"])
        try await stage.fire(at: "2026-03-10T10:00:00Z")
        #expect(
            try await stage.told().filter { $0.hasPrefix("accept breached") }
                == ["accept breached 2026-03-09T13:30:00Z"])
    }

    @Test func `what is heard behind the erasure starts no clock`() async throws {
        let stage = try SLAStage()
        try await erase("lead-h-one", ["lead-h-two"], stage)
        try await stage.assign("h-one", at: "2026-03-09T09:00:00Z")
        try await stage.accept("h-two", at: "2026-03-09T09:30:00Z")
        try await merge("lead-h-two", into: "lead-h-one", stage)
        try await merge("lead-h-two", into: "lead-other", stage)
        #expect(try await stage.timers().isEmpty)
        #expect(try await stage.told().isEmpty)
        #expect(try await traces(stage).isEmpty)
    }

    @Test func `who was part of the lead and is not erased keeps their clocks under their own id`() async throws {
        let stage = try SLAStage()
        try await stage.assign("h-one", at: "2026-03-09T09:00:00Z")
        try await stage.assign("kept", at: "2026-03-09T09:30:00Z")
        try await merge("lead-kept", into: "lead-h-one", stage)
        #expect(try await stage.timers { $0.leadID = "lead-kept" }.count == 2)
        try await erase("lead-h-one", [], stage)
        #expect(try await stage.timers { $0.leadID = "lead-kept" }.map(\.leadID) == ["lead-kept"])
        #expect(try await traces(stage).isEmpty)
    }
}
