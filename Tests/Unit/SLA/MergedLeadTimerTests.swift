import AccordTesting
import Contracts
import Kernel
import SwiftProtobuf
import Testing

/// Timers of leads that become one, and are told apart again.
@Suite struct MergedLeadTimerTests {
    private func close(_ id: String, at time: String, _ stage: SLAStage) async throws {
        try await stage.fixture.deliver(
            .handoffClosed(
                .with {
                    $0.handoff = SLAStage.handoff(id)
                    $0.reasonCode = "merged"
                }), key: "lead-\(id)", at: at(time))
    }

    private func merge(_ stage: SLAStage) async throws {
        try await stage.fixture.deliver(
            .leadsMerged(
                .with {
                    $0.lead.leadID = "lead-one"
                    $0.lead.formerIds = ["lead-two"]
                    $0.lead.sequence = 1
                }), key: "lead-one", at: at("2026-03-09T10:00:00Z"))
    }

    private func split(_ stage: SLAStage) async throws {
        try await stage.fixture.deliver(
            .leadsSplit(
                .with {
                    $0.lead.leadID = "lead-one"
                    $0.lead.sequence = 2
                    $0.split = [
                        .with {
                            $0.leadID = "lead-two"
                            $0.sequence = 2
                        }
                    ]
                }), key: "lead-one", at: at("2026-03-09T14:00:00Z"))
    }

    private func list(_ lead: String, _ stage: SLAStage) async throws -> [String] {
        try await stage.timers { $0.leadID = lead }.map { "\($0.timerID) \($0.leadID) \($0.state)" }
    }

    @Test func `clocks end with their handoff, start anew when it is given back, and are found by every id`()
        async throws
    {
        let stage = try SLAStage()
        try await stage.assign("one", at: "2026-03-09T09:00:00Z")
        try await stage.assign("two", at: "2026-03-09T09:30:00Z")
        try await merge(stage)
        try await close("two", at: "2026-03-09T10:00:00Z", stage)
        for id in ["lead-one", "lead-two"] {
            #expect(
                try await list(id, stage) == ["one.accept.1 lead-one armed", "two.accept.1 lead-one cancelled"])
        }
        try await stage.fire(at: "2026-03-09T13:00:00Z")
        #expect(
            try await stage.told().filter { $0.hasPrefix("accept breached") || $0.hasPrefix("accept cancelled") }
                == ["accept cancelled 2026-03-09T10:00:00Z", "accept breached 2026-03-09T13:00:00Z"])
        try await split(stage)
        try await stage.assign("two", at: "2026-03-09T14:00:00Z")
        #expect(try await list("lead-one", stage) == ["one.accept.1 lead-one breached"])
        #expect(
            try await list("lead-two", stage) == ["two.accept.1 lead-two cancelled", "two.accept.2 lead-two armed"])
        try await stage.fire(at: "2026-03-10T10:00:00Z")
        #expect(try await stage.told().count { $0 == "accept breached 2026-03-10T10:00:00Z" } == 1)
        #expect(try await stage.told().count { $0.hasPrefix("accept breached") } == 2)
    }

    @Test
    func `who waited when the leads became one gets clocks once the split has put them back and someone has them`()
        async throws
    {
        let stage = try SLAStage()
        try await stage.assign("one", at: "2026-03-09T09:00:00Z")
        try await stage.wait("two", at: "2026-03-09T09:30:00Z")
        try await merge(stage)
        try await close("two", at: "2026-03-09T10:00:00Z", stage)
        try await split(stage)
        try await stage.wait("two", at: "2026-03-09T14:00:00Z")
        #expect(try await list("lead-two", stage).isEmpty)
        try await stage.assign("two", at: "2026-03-09T15:00:00Z")
        #expect(try await list("lead-two", stage) == ["two.accept.1 lead-two armed"])
        try await stage.fire(at: "2026-03-10T11:00:00Z")
        #expect(try await stage.told().contains("accept breached 2026-03-10T11:00:00Z"))
    }

    @Test func `the order of the merge and of what is told of handoffs does not matter`() async throws {
        var lists: [[String]] = []
        for mergesFirst in [true, false] {
            let stage = try SLAStage()
            if mergesFirst { try await merge(stage) }
            try await stage.assign("one", at: "2026-03-09T09:00:00Z")
            try await stage.assign("two", at: "2026-03-09T09:30:00Z")
            try await close("two", at: "2026-03-09T10:00:00Z", stage)
            if !mergesFirst { try await merge(stage) }
            lists.append(try await list("lead-two", stage) + stage.told())
        }
        #expect(lists[0] == lists[1])
    }
}
