import Contracts
import Foundation
import Kernel
import SwiftProtobuf

/// Versions of the agreement of a benchmark: the document, and two that change it.
struct Agreements {
    static let effectiveAt = Instant(seconds: 1_759_276_800)  // 2025-10-01T00:00:00Z

    /// Version 1 as the document has it; 2 with other points, caps and another threshold, over the same accumulators; 3
    /// with other half-lives besides, for which accumulators are built anew from the engagement.
    static func read(_ path: String) throws -> [WireAgreementVersion] {
        let first = try WireAgreement(jsonUTF8Data: Data(contentsOf: URL(fileURLWithPath: path)))
        var second = first
        second.scoring.qualification.threshold -= 4
        for place in second.scoring.engagement.indices {
            second.scoring.engagement[place].points += place % 3 == 0 ? 2 : -0.5
        }
        for place in second.scoring.fit.indices { second.scoring.fit[place].points += place % 2 == 0 ? 1 : -1 }
        var third = second
        for place in third.scoring.engagement.indices where third.scoring.engagement[place].halfLife == "14d" {
            third.scoring.engagement[place].halfLife = "18d"
        }
        return [first, second, third].enumerated().map { index, agreement in
            .with {
                $0.version = Int64(index + 1)
                $0.state = .signed
                $0.effectiveAt = effectiveAt.wire
                $0.agreement = agreement
            }
        }
    }
}
