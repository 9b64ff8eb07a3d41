import Contracts
import Kernel
import RPC
import SwiftProtobuf
import Testing

@Suite struct QuestionTests {
    private static func calendar(zone: String = "UTC", intervals: [String] = ["09:00-17:00"]) -> WireCalendar {
        .with {
            $0.zone = zone
            $0.hours = [
                .with {
                    $0.days = Calendars.workdays
                    $0.intervals = intervals
                }
            ]
        }
    }

    private func question(
        _ start: String, _ duration: String, id: String = "", calendar: WireCalendar? = nil
    ) throws -> WireDeadlineQuestion {
        try .with {
            $0.start = try at(start).wire
            $0.duration = duration
            $0.calendarID = id
            if let calendar { $0.calendar = calendar }
        }
    }

    private func violations(_ ask: () async throws -> Void) async -> [String] {
        do {
            try await ask()
            return []
        } catch {
            let detail = (error as? RPCError)?.details.first?.decoded(as: WireBadRequest.self)
            return detail?.violations.map(\.path) ?? ["\(error)"]
        }
    }

    @Test("Deadlines are answered in order, by a calendar of the agreement or one of the caller's")
    func deadlines() async throws {
        let stage = try SLAStage()
        let answer = try await stage.client.previewDeadline(
            .with {
                $0.questions = [
                    try question("2026-03-06T16:00:00Z", "2h", id: "office"),
                    try question("2026-03-06T16:00:00Z", "2h", calendar: Self.calendar(intervals: ["09:00-18:00"])),
                    try question("2026-03-06T16:00:00Z", "2h", calendar: Self.calendar(zone: "America/New_York")),
                ]
            })
        #expect(
            answer.deadlines.map { Instant($0).text } == [
                "2026-03-09T10:00:00Z", "2026-03-06T18:00:00Z", "2026-03-06T18:00:00Z",
            ])
    }

    @Test("Elapsed time is in open seconds, negative backwards")
    func elapsed() async throws {
        let stage = try SLAStage()
        let forward = try WireElapsedQuestion.with {
            $0.from = try at("2026-03-06T16:00:00Z").wire
            $0.to = try at("2026-03-09T10:00:00.5Z").wire
            $0.calendarID = "office"
        }
        var backward = forward
        (backward.from, backward.to) = (forward.to, forward.from)
        let answer = try await stage.client.elapsedTime(.with { $0.questions = [forward, backward] })
        #expect(answer.openSeconds == [7_200.5, -7_200.5])
    }

    @Test("The faults of all questions come at once, each with its path, and nothing is answered")
    func faults() async throws {
        let stage = try SLAStage()
        let found = await violations {
            _ = try await stage.client.previewDeadline(
                .with {
                    $0.questions = [
                        try question("2026-03-06T16:00:00Z", "2h", id: "office"),
                        try question("2026-03-06T16:00:00Z", "soon", id: "office"),
                        try question("2026-03-06T16:00:00Z", "2h", id: "nowhere"),
                        try question("2026-03-06T16:00:00Z", "2h", calendar: Self.calendar(zone: "Mars/Olympus")),
                        try question("2026-03-06T16:00:00Z", "2h"),
                        try question("2026-03-06T16:00:00Z", "2h", id: "office", calendar: Self.calendar()),
                        try question(
                            "2026-03-06T16:00:00Z", "99w", calendar: Self.calendar(intervals: ["09:00-09:01"])),
                        try question("1750-03-06T16:00:00Z", "2h", id: "office"),
                        WireDeadlineQuestion(),
                    ]
                })
        }
        #expect(
            found == [
                "questions[1].duration", "questions[2].calendar_id", "questions[3].calendar.zone",
                "questions[4].calendar_id", "questions[5].calendar_id", "questions[6].duration", "questions[7].start",
                "questions[8].calendar_id", "questions[8].start", "questions[8].duration",
            ])
        let elapsed = await violations {
            _ = try await stage.client.elapsedTime(
                .with {
                    $0.questions = [
                        try .with {
                            $0.from = try at("2026-01-01T00:00:00Z").wire
                            $0.to = try at("2300-01-01T00:00:00Z").wire
                            $0.calendarID = "office"
                        }, WireElapsedQuestion(),
                    ]
                })
        }
        #expect(
            elapsed == ["questions[0].to", "questions[1].calendar_id", "questions[1].from", "questions[1].to"])
    }

    @Test("A batch above the limit is refused whole, and one of no questions has no answers")
    func limits() async throws {
        let stage = try SLAStage()
        let one = try question("2026-03-06T16:00:00Z", "2h", calendar: Self.calendar())
        let found = await violations {
            _ = try await stage.client.previewDeadline(
                .with { $0.questions = Array(repeating: one, count: 10_001) })
        }
        #expect(found == ["questions"])
        #expect(try await stage.client.previewDeadline(WirePreviewDeadlineRequest()).deadlines.isEmpty)
        let many = try await stage.client.previewDeadline(
            .with { $0.questions = Array(repeating: one, count: 10_000) })
        #expect(many.deadlines.count == 10_000)
    }

    @Test("Without an agreement a calendar by id cannot be known, and one of the caller's can")
    func noAgreement() async throws {
        let stage = try SLAStage(versions: [])
        let own = try question("2026-03-06T16:00:00Z", "2h", calendar: Self.calendar())
        #expect(try await stage.client.previewDeadline(.with { $0.questions = [own] }).deadlines.count == 1)
        let byID = try question("2026-03-06T16:00:00Z", "2h", id: "office")
        do {
            _ = try await stage.client.previewDeadline(.with { $0.questions = [byID] })
            Issue.record("expected a refusal")
        } catch let error as RPCError {
            #expect(error.code == .failedPrecondition)
        }
    }

    @Test("A moment beyond all years, as the binary form can carry it, is refused and does no harm")
    func extremes() async throws {
        let stage = try SLAStage()
        for seconds in [Int64.min, Int64.max] {
            let found = await violations {
                _ = try await stage.client.previewDeadline(
                    .with {
                        $0.questions = [
                            .with {
                                $0.start = Google_Protobuf_Timestamp(seconds: seconds)
                                $0.duration = "2h"
                                $0.calendarID = "office"
                            }
                        ]
                    })
            }
            #expect(found == ["questions[0].start"])
        }
    }
}
