import Testing

@testable import Criteria

@Suite struct GlobTests {
    @Test(arguments: [
        ("*", "anything", true), ("*.edu", "mit.EDU", true), ("*.edu", "mit.edu.de", false), ("a?c", "aüc", true),
        ("a?c", "ac", false), ("a*b*c", "a--b--b--c", true), ("a*b*c", "a--c--b", false), ("abc", "abcd", false),
        ("abc*", "abc", true), ("**", "x", true), ("?*?", "x", false), ("*a?", "aab", true),
    ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        let verdict = try verdict(leaf("company.domain", .glob, .text(pattern)), ["company.domain": .text(text)])
        #expect(verdict == (expected ? .true : .false))
    }

    /// A matcher that backs up into every star would take longer than there is time. Counted, not timed.
    @Test(arguments: ["*a*a*a*a*b", String(repeating: "a*", count: 127) + "b", "*?*?*?*b", "**********b"])
    func aHostilePatternTakesStepsInProportionToTheText(pattern: String) {
        for length in [100, 1_000, 10_000, 100_000] {
            let run = Glob(pattern).steps(through: String(repeating: "a", count: length))
            #expect(!run.matches)
            #expect(run.steps <= 3 * (length + pattern.utf8.count), "\(length) bytes took \(run.steps) steps")
        }
    }

    /// The worst there is: nearly the whole piece matches at every place.
    @Test func noPatternTakesMoreStepsThanTextTimesPiece() {
        let piece = String(repeating: "a", count: 254) + "b"
        let run = Glob("*" + piece).steps(through: String(repeating: "a", count: 4_096))
        #expect(!run.matches)
        #expect(run.steps <= 2 * 4_096 * piece.utf8.count)
    }
}
