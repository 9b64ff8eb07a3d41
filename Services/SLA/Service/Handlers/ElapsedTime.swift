import Contracts
import Kernel
import RPC
import SLADomain
import SwiftProtobuf

extension SLAHandlers {
    /// Open seconds in the order of the questions, negative where `to` is before `from`; one bad question refuses the
    /// batch, with the faults of all.
    func elapsedTime(
        _ request: WireElapsedTimeRequest, _ context: RPCContext
    ) async throws -> WireElapsedTimeResponse {
        var reader = try await questionReader(
            count: request.questions.count,
            needAgreement: request.questions.contains { !$0.calendarID.isEmpty }, context)
        var seconds: [Double] = []
        seconds.reserveCapacity(request.questions.count)
        for (index, question) in request.questions.enumerated() where !reader.isFull {
            if let elapsed = reader.elapsed(question, "questions[\(index)]") { seconds.append(elapsed.inSeconds) }
        }
        guard reader.violations.isEmpty else { throw RPCError.invalid(reader.violations) }
        return .with { $0.openSeconds = seconds }
    }
}

extension QuestionReader {
    fileprivate mutating func elapsed(_ question: WireElapsedQuestion, _ path: String) -> TimeSpan? {
        let calendar = calendar(
            id: question.calendarID, given: question.hasCalendar ? question.calendar : nil, path)
        if !question.hasFrom { fault("\(path).from", "", "a moment") }
        if !question.hasTo { fault("\(path).to", "", "a moment") }
        guard let calendar, question.hasFrom, question.hasTo else { return nil }
        do {
            return try calendar.elapsed(from: Instant(question.from), to: Instant(question.to))
        } catch {
            let inFrom = error == .outOfRange(Instant(question.from))
            let found = Instant(inFrom ? question.from : question.to)
            fault("\(path).\(inFrom ? "from" : "to")", found.text, "\(error)")
            return nil
        }
    }
}
