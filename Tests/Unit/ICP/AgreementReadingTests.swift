import Criteria
import Foundation
import ICPDomain
import Kernel
import Testing

@Suite struct AgreementReadingTests {
    @Test func whatIsLeftOutHasItsDocumentedDefault() throws {
        let agreement = try Agreement.read(smallest)
        #expect(agreement.currency == "USD" && agreement.zone == "UTC")
        #expect(agreement.scoring.qualification.threshold == 60)
        #expect(agreement.scoring.fitGrades == [75, 50, 25])
        #expect(agreement.attribution.model == .linear && agreement.attribution.window == .days(90))
        #expect(agreement.targets.acceptanceRate == 0.7)
        #expect(agreement.reviews.interval == .days(90))
    }

    @Test func readsEverySection() throws {
        let agreement = try Agreement.read(small)
        #expect(agreement.icp.tiers.map(\.name) == ["A", "B"])
        #expect(agreement.scoring.engagement[0].decay.span == .days(14))
        #expect(agreement.routing.rules[0].target == .pool("enterprise"))
        #expect(agreement.sla.timers[0].duration == .hours(4))
        #expect(agreement.sla.timers[0].stopsOn == [.accepted, .rejected])
        #expect(agreement.sla.calendars[0].hours[0].intervals[0].text == "09:00-17:00")
    }

    @Test func writtenOutAndReadAgainItIsTheSame() throws {
        for text in [smallest, small, try demo()] {
            let agreement = try Agreement.read(text)
            let json = agreement.tree.canonicalJSON
            let again = try Agreement.read(json)
            #expect(again == agreement)
            #expect(again.tree.canonicalJSON == json)
        }
    }

    @Test func canonicalJSONHasSortedKeysAndEscapes() throws {
        let tree = try Tree.parse("{\"b\": [1, 2.5, true, null], \"a\": \"q\\\"\\n\\u0001ü\"}")
        #expect(tree.canonicalJSON == "{\"a\":\"q\\\"\\n\\u0001ü\",\"b\":[1,2.5,true,null]}")
    }

    @Test func theDemosAgreementIsValid() throws {
        let agreement: Agreement
        do throws(AgreementFaults) {
            agreement = try Agreement.read(try demo())
        } catch {
            Issue.record("\(error.faults.map(\.text).joined(separator: "\n"))")
            return
        }
        #expect(agreement.scoring.fit.count == 12)
        #expect(agreement.scoring.engagement.count == 10)
        #expect(agreement.routing.fallbackPool == "generalists")
        #expect(agreement.sla.calendars.map(\.id) == ["berlin", "new_york", "singapore"])
    }

    private func demo() throws(AgreementFaults) -> String {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Services/Accord/Suite/Resources/demo-agreement.yaml").path
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw AgreementFaults(faults: [AgreementFault(path: path, found: "\(error)", expected: "the file")])
        }
    }
}
