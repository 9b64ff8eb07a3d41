import Contracts
import Testing

/// The figures of Olist's funnel, as published with the data.
enum OlistFigures {
    struct Figures: Sendable {
        var mqls: Int64
        var won: Int64
        var conversion: Double
        var median: Double
        var mean: Double
    }

    static let byOrigin: [String: Figures] = [
        "organic_search": Figures(mqls: 2296, won: 271, conversion: 0.118031, median: 14.9094, mean: 50.6611),
        "paid_search": Figures(mqls: 1586, won: 195, conversion: 0.122951, median: 15.6746, mean: 57.2743),
        "social": Figures(mqls: 1350, won: 75, conversion: 0.0555556, median: 30.5564, mean: 61.6191),
        "unknown": Figures(mqls: 1099, won: 179, conversion: 0.162875, median: 11.8273, mean: 41.9429),
        "direct_traffic": Figures(mqls: 499, won: 56, conversion: 0.112224, median: 10.5762, mean: 31.7677),
        "email": Figures(mqls: 493, won: 15, conversion: 0.030426, median: 21.125, mean: 52.7732),
        "referral": Figures(mqls: 284, won: 24, conversion: 0.084507, median: 19.3708, mean: 33.243),
        "other": Figures(mqls: 150, won: 4, conversion: 0.0266667, median: 9.55736, mean: 15.7667),
        "display": Figures(mqls: 118, won: 6, conversion: 0.0508475, median: 9.16901, mean: 10.9219),
        "other_publicities": Figures(mqls: 65, won: 3, conversion: 0.0461538, median: 35.7917, mean: 40.0755),
        "": Figures(mqls: 60, won: 14, conversion: 0.233333, median: 8.08395, mean: 49.9098),
    ]

    /// Counts have to be the same, rates and days to six significant digits.
    static func expectPublished(_ funnel: WireGetFunnelResponse) throws {
        let total = try #require(conversion(funnel.total))
        #expect(total.base == 8_000 && total.converted == 842)
        #expect(RealData.agrees(total.rate, 0.105250))
        #expect(RealData.agrees(total.days.median, 14.650729))
        #expect(RealData.agrees(total.days.mean, 49.100769))
        #expect(RealData.agrees(total.days.p25, 5.856803))
        #expect(RealData.agrees(total.days.p75, 54.991004))
        #expect(RealData.agrees(total.days.p90, 162.588770))

        #expect(Set(funnel.rows.map(\.value)) == Set(Self.byOrigin.keys))
        for row in funnel.rows {
            let expected = try #require(Self.byOrigin[row.value])
            let found = try #require(conversion(row))
            #expect(found.base == expected.mqls && found.converted == expected.won, "\(row.value)")
            #expect(RealData.agrees(found.rate, expected.conversion), "\(row.value): \(found.rate)")
            #expect(RealData.agrees(found.days.median, expected.median), "\(row.value): \(found.days.median)")
            #expect(RealData.agrees(found.days.mean, expected.mean), "\(row.value): \(found.days.mean)")
        }
    }

    private static func conversion(_ row: WireFunnelRow) -> WireStageConversion? {
        row.conversions.first { $0.from == .mql && $0.to == .customer }
    }
}
