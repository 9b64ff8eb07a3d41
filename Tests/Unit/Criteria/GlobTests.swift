import Criteria
import Testing

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

    /// A matcher that backs up into every star would not come back from this one.
    @Test func aHostilePatternIsHarmless() throws {
        let pattern = String(repeating: "a*", count: 127) + "b"
        let text = String(repeating: "a", count: 20_000)
        #expect(try verdict(leaf("company.domain", .glob, .text(pattern)), ["company.domain": .text(text)]) == .false)
    }
}
