import Foundation
import ICPDomain
import Testing

/// A file under `Tests/Agreements` and what has to be found in it: all of it, at its line and column.
///
/// The expectation stands in the file's comments or, where it can have none, beside it:
/// `# fault LINE:COLUMN CODE PATH` and `# warning ...`.
struct AgreementSample: CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let expected: [String]

    var testDescription: String { name }

    static func all(_ folder: String) -> [AgreementSample] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Agreements/\(folder)").standardizedFileURL
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasSuffix(".faults") }.sorted().map { name in
            let file = folder.appendingPathComponent(name)
            let bytes = Array((try? Data(contentsOf: file)) ?? Data())
            let beside = try? String(contentsOf: file.appendingPathExtension("faults"), encoding: .utf8)
            let comments = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                .filter { $0.hasPrefix("# fault ") || $0.hasPrefix("# warning ") }.map { String($0.dropFirst(2)) }
            return AgreementSample(
                name: name, bytes: bytes, expected: beside?.split(separator: "\n").map(String.init) ?? comments)
        }
    }

    /// As the expectation is written, in the order of lines.
    var found: [String] {
        let findings = Agreement.check(bytes: bytes)
        let all = findings.faults.map { ("fault", $0) } + findings.warnings.map { ("warning", $0) }
        return all.sorted { ($0.1.line ?? 0, $0.1.column ?? 0) < ($1.1.line ?? 0, $1.1.column ?? 0) }
            .map { kind, fault in
                "\(kind) \(fault.line ?? 0):\(fault.column ?? 0) \(fault.code.rawValue) \(fault.path)"
                    .trimmingCharacters(in: .whitespaces)
            }
    }
}

@Suite struct InvalidAgreementTests {
    @Test(arguments: AgreementSample.all("invalid"))
    func reportsEveryFaultAtItsPlaceAndNoOther(sample: AgreementSample) {
        #expect(sample.found == sample.expected)
        #expect(sample.expected.contains { $0.hasPrefix("fault ") })
    }

    @Test func thereAreAtLeastSixtyOfThem() {
        #expect(AgreementSample.all("invalid").count >= 60)
    }

    @Test(arguments: AgreementSample.all("valid"))
    func validOnesHaveWarningsAtMost(sample: AgreementSample) {
        #expect(sample.found == sample.expected)
        #expect(Agreement.check(bytes: sample.bytes).agreement != nil)
    }

    /// What people read: found, expected, and the nearest valid name.
    @Test(arguments: [
        (small("threshold: 60", "treshold: 60"), "found treshold, expected one of threshold, "),
        (small("threshold: 60", "treshold: 60"), "did you mean threshold?"),
        (small("op: in,", "op: inn,"), "did you mean in?"),
        (small("company.industry, op: eq", "company.industri, op: eq"), "did you mean company.industry?"),
        (small("company.industry, op: eq", "custom.plam, op: eq"), "did you mean custom.plan?"),
        (small("Europe/Berlin", "Europe/Berlinn"), "did you mean Europe/Berlin?"),
        (small("calendar: berlin,", "calendar: berlln,"), "did you mean berlin?"),
        (small("decay: exponential", "decay: exponentiel"), "did you mean exponential?"),
        (small("decay: exponential", "decay: none"), "found 14d, expected nothing, as decay is not exponential"),
        (
            small(", half_life: 14d", ""),
            "expected a duration above zero such as 30m, 4h or 2d, as decay is exponential"
        ),
        (small("cap: 60", "cap: 20"), "found 60, expected at most 40, the most that the rules can give"),
        (small("threshold: 60", "threshold: 160"), "found 160, expected a number from 0 to 100"),
        (small("duration: 4h", "duration: 4"), "found the number 4, expected a duration above zero"),
        (small("name: Small", "name: 2026"), "found the number 2026, expected a text, in quotes"),
        ("name: X\nzone: UTC\nzone: GMT\n", "found zone again, expected each key once, and it is on line 2"),
        ("a: 1\n", "line 1, column 1: a: found a, expected one of name, currency, zone, fields"),
    ])
    func saysWhatWasFoundAndWhatWasExpected(document: String, sentence: String) {
        let texts = faults(document).map(\.text)
        #expect(texts.contains { $0.contains(sentence) }, "\(texts)")
    }
}

@Suite struct HostileDocumentTests {
    /// References that double at each level.
    static func bomb(levels: Int, width: Int) -> String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<levels {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: width).joined(separator: ", "))]\n"
        }
        return text
    }

    @Test func aliasBombsAreRefusedBeforeTheyGrow() {
        #expect(faults(Self.bomb(levels: 30, width: 9)).map(\.found) == ["many aliases"])
        let few = faults(Self.bomb(levels: 8, width: 2))
        #expect(few.count { $0.code == .anchor } == 8 && few.count { $0.code == .unknown } == 8)
    }

    @Test func deepNestingAndSizeAreRefused() {
        let deep = "name: " + String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(faults(deep).contains { $0.expected == "at most 40 levels" })
        for deeper in ["[", "{a: ", "- ", "? "] {
            #expect(faults("name:\n  " + String(repeating: deeper, count: 100_000)).map(\.code) == [.limit])
        }
        let large = "name: \"" + String(repeating: "x", count: 1_048_576) + "\""
        #expect(faults(large).map(\.expected) == ["at most 1048576 bytes"])
        let wide = "name: [" + String(repeating: "x,", count: 60_000) + "]"
        #expect(faults(wide).contains { $0.expected == "at most 50000" })
    }

    /// A fault never repeats what it is about at length.
    @Test func hugeScalarsAndKeysMakeShortFaults() {
        let huge = String(repeating: "x", count: 900_000)
        for text in [
            "name: X\ncurrency: \(huge)\n", "name: X\n\(huge): 1\n", "name: \(huge)\n", "name: X\nzone: !\(huge) UTC\n",
        ] {
            let found = faults(text)
            #expect(!found.isEmpty && found.allSatisfy { $0.text.utf8.count < 1_000 })
        }
    }

    @Test func faultsAreOneThousandAtMost() {
        let rules = (0..<3_000).map { "    - {id: r\($0), points: none}\n" }.joined()
        #expect(faults("name: X\nscoring:\n  fit:\n\(rules)").count == 1_000)
    }

    @Test func manyDuplicateKeysEndInTime() {
        let text = "name: X\n" + String(repeating: "zone: UTC\n", count: 90_000)
        #expect(faults(text).allSatisfy { $0.code == .duplicate })
        #expect(!faults(text).isEmpty)
    }

    @Test func plainNoIsTextAndNotFalse() throws {
        #expect(
            try Tree.parse("a: no\nb: yes\nc: true\nd: 0123\ne: -1.5e3\nf: ~\n")
                == .map([
                    Tree.Entry("a", .text("no")), Tree.Entry("b", .text("yes")), Tree.Entry("c", .boolean(true)),
                    Tree.Entry("d", .text("0123")), Tree.Entry("e", .number(-1_500)), Tree.Entry("f", .null),
                ]))
    }
}
