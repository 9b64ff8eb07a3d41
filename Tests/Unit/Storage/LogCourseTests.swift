import Storage
import Testing

/// Of a log that is copied a hundred pages at a time.
@Suite struct LogCourseTests {
    private var course = LogCourse(limit: 100)

    @Test mutating func `a short log is left alone`() {
        #expect(course.next(pages: 99, isCopying: false) == .nothing)
    }

    @Test mutating func `a log is copied beside the writes once for as many pages as the limit`() {
        #expect(course.next(pages: 100, isCopying: false) == .copyBeside)
        #expect(course.next(pages: 150, isCopying: true) == .nothing)
        #expect(course.next(pages: 199, isCopying: false) == .nothing)
        #expect(course.next(pages: 200, isCopying: false) == .copyBeside)
    }

    @Test mutating func `one copy is under way at a time`() {
        #expect(course.next(pages: 100, isCopying: false) == .copyBeside)
        #expect(course.next(pages: 400, isCopying: true) == .nothing)
        #expect(course.next(pages: 400, isCopying: false) == .copyBeside)
    }

    @Test mutating func `a long log of which little is left is copied to its end, so that it starts again`() {
        #expect(course.next(pages: 390, isCopying: false) == .copyBeside)
        #expect(course.next(pages: 410, isCopying: true) == .nothing)
        #expect(course.next(pages: 420, isCopying: false) == .copyRest)
        #expect(course.next(pages: 10, isCopying: false) == .nothing)
        #expect(course.next(pages: 100, isCopying: false) == .copyBeside)
    }

    @Test mutating func `where copying is slower than writing, writing waits for it`() {
        #expect(course.next(pages: 100, isCopying: false) == .copyBeside)
        #expect(course.next(pages: 799, isCopying: true) == .nothing)
        #expect(course.next(pages: 800, isCopying: true) == .copyRest)
    }

    @Test mutating func `a log that a reader holds is not tried again after each commit`() {
        #expect(course.next(pages: 800, isCopying: false) == .copyRest)
        #expect(course.next(pages: 801, isCopying: false) == .nothing)
        #expect(course.next(pages: 899, isCopying: false) == .nothing)
        #expect(course.next(pages: 900, isCopying: false) == .copyBeside)
        #expect(course.next(pages: 905, isCopying: false) == .copyRest)
    }
}
