import Contracts
import Foundation
import ICPDomain
import SwiftProtobuf
import Testing

@Suite struct AgreementReadingTests {
    @Test func whatIsLeftOutHasItsDocumentedDefault() throws {
        #expect(
            try Agreement.read(smallest).tree
                == Tree.parse(
                    """
                    name: Tiny
                    currency: USD
                    zone: UTC
                    scoring:
                      fit_weight: 0.5
                      engagement_weight: 0.5
                      floor: 0
                      qualification: {threshold: 60, minimum_fit: 0, minimum_engagement: 0, hysteresis: 0}
                      fit_grades: [75, 50, 25]
                      engagement_grades: [75, 50, 25]
                      calibration: {minimum_leads: 200, minimum_outcomes: 50}
                      identity: {same_email: keep}
                    attribution: {model: linear, window: 90d}
                    targets: {acceptance_rate: 0.7}
                    reviews: {interval: 90d}
                    """))
        let tree = try Agreement.read(small).tree
        #expect(
            tree["routing"]?["rejection_reasons"]
                == (try Tree.parse("[{code: no_budget, description: no_budget, then: nurture}]")))
        let position = try Agreement.read("name: X\nattribution: {model: position}\n").tree["attribution"]
        #expect(position?["weights"] == (try Tree.parse("{first: 0.4, middle: 0.2, last: 0.4}")))
    }

    @Test func equalContentIsTheSameAgreementHoweverItIsWritten() throws {
        let one = try Agreement.read("name: X\nreviews: {interval: 2w}\nicp:\n  tiers:\n")
        let other = try Agreement.read("{\"reviews\": {\"interval\": \"14d\"}, \"name\": \"X\"}")
        #expect(one == other)
    }

    @Test func calibrationAgreesOnHowMuchHistoryItNeeds() throws {
        let terms = "  calibration: {minimum_leads: 500, minimum_outcomes: 80}\n"
        let agreement = try Agreement.read(small.replacing("scoring:\n", with: "scoring:\n" + terms))
        #expect(
            agreement.tree["scoring"]?["calibration"]
                == (try Tree.parse("{minimum_leads: 500, minimum_outcomes: 80}")))
        let wrong = faults(smallest + "scoring: {calibration: {minimum_leads: 2, minimum_outcomes: 7.5}}\n")
        #expect(
            wrong.map(\.path).sorted() == [
                "scoring.calibration.minimum_leads", "scoring.calibration.minimum_outcomes",
            ])
    }

    @Test func writtenOutAndReadAgainItIsTheSame() throws {
        for text in [smallest, small, demo()]
            + AgreementSample.all("valid").map({ String(decoding: $0.bytes, as: UTF8.self) })
        {
            let agreement = try Agreement.read(text)
            let json = agreement.tree.canonicalJSON
            let again = try Agreement.read(json)
            #expect(again == agreement)
            #expect(again.tree.canonicalJSON == json)
        }
    }

    /// Shape and contract have the same fields: what one writes, the other reads, and back.
    @Test func theMessageCarriesEveryField() throws {
        let everything = try #require(AgreementSample.all("valid").first { $0.name == "everything.yaml" })
        let agreement = try #require(Agreement.check(bytes: everything.bytes).agreement)
        let message = try WireAgreement(jsonString: agreement.tree.canonicalJSON)
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        #expect(try Agreement.read(message.jsonString(options: options)) == agreement)
        for line in Agreement.reference.split(separator: "\n") where line.hasPrefix("| `") {
            let field = line.dropFirst(3).prefix { $0 != "`" }
            #expect(agreement.tree.canonicalJSON.contains("\"\(field)\":"), "\(field) is not in everything.yaml")
        }
    }

    @Test func canonicalJSONHasSortedKeysAndEscapes() throws {
        let tree = try Tree.parse("{\"b\": [1, 2.5, true, null], \"a\": \"q\\\"\\n\\u0001ü\"}")
        #expect(tree.canonicalJSON == "{\"a\":\"q\\\"\\n\\u0001ü\",\"b\":[1,2.5,true,null]}")
    }

    @Test func theDemosAgreementIsValid() throws {
        let agreement: Agreement
        do throws(AgreementFaults) {
            agreement = try Agreement.read(demo())
        } catch {
            Issue.record("\(error.faults.map(\.text).joined(separator: "\n"))")
            return
        }
        #expect(agreement.tree["routing"]?["fallback_pool"] == .text("generalists"))
        #expect(Agreement.check(demo()).warnings.map(\.text) == [])
    }

    private func demo() -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Services/Accord/Suite/Resources/demo-agreement.yaml")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }
}
