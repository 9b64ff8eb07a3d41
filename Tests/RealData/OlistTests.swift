import AccordSuite
import Contracts
import SwiftProtobuf
import Testing

/// Olist's funnel, replayed in this process.
@Suite(.enabled(if: RealData.folder != nil, RealData.comment)) struct OlistTests {
    @Test func theFunnelHasThePublishedFigures() async throws {
        let replay = try Replay(plan: RealData.plan("olist"), data: RealData.path("olist"), store: nil)
        try OlistFigures.expectPublished(try await replay.run(splitBy: "source").funnel)
    }

    @Test func theDealThatWasWonBeforeTheFirstContactIsShownAsAnAnomaly() async throws {
        let replay = try Replay(plan: RealData.plan("olist"), data: RealData.path("olist"), store: nil)
        let funnel = try await replay.run(splitBy: "").funnel
        #expect(funnel.anomalies.map(\.leadID) == ["b91cf8812365f50ff4bda4bcd6206b05"])
    }

    @Test func aReplayGivesTheSameBytesTwice() async throws {
        var bytes: [[UInt8]] = []
        for _ in 0..<2 {
            let replay = try Replay(plan: RealData.plan("olist"), data: RealData.path("olist"), store: nil)
            let reports = try await replay.run(splitBy: "source")
            bytes.append(
                try reports.funnel.serializedBytes() + reports.attribution.serializedBytes()
                    + reports.pipeline.serializedBytes())
        }
        #expect(bytes[0] == bytes[1])
    }
}
